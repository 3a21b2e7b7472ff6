/**
 * A test of one option of the public API: what is set, and the field that it becomes. `npm run options` gathers
 * these tests and refuses an option that has none.
 *
 * Both texts are string literals: they are read from the source.
 *
 * @param name the option: `<Struct>.<property>`, `<Class>.<method>`, `<Class>.constructor`, `<Enum>.<MEMBER>`
 * @param title what it does
 */
export function option(name: string, title: string, prove: () => void): void {
  test(`${name}: ${title}`, prove);
}
