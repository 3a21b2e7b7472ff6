import { KubeObject } from './build';

/**
 * A test of one field of an Istio kind: the public option that sets it, and the value that is found again in the output. `npm run fields`
 * gathers these tests into docs/istio-fields.md and refuses a field that has none.
 *
 * The first two texts are string literals: they are read from the source.
 *
 * @param path the field, from the kind: `ServiceEntry.ports[].number`; `[]` is each item of a list, `*` each key of a map
 * @param by the option that sets it: `<Struct>.<property>`, `<Class>.<method>`, `<Enum>.<MEMBER>`
 * @param expected a value that is at the field
 */
export function field(path: string, by: string, expected: unknown, make: () => KubeObject[]): void {
  check(`${path} by ${by}`, path, expected, make);
}

/** The same of a VirtualService that gateways read: one that names a gateway, or delegated routes, which have no hosts. */
export function gatewayField(path: string, by: string, expected: unknown, make: () => KubeObject[]): void {
  check(`${path} of a gateway by ${by}`, path, expected, () => make().filter(({ spec }) => spec?.gateways !== undefined || spec?.hosts === undefined));
}

/** The same of a VirtualService that the sidecars of callers read. */
export function meshField(path: string, by: string, expected: unknown, make: () => KubeObject[]): void {
  check(`${path} in the mesh by ${by}`, path, expected, () => make().filter(({ spec }) => spec?.gateways === undefined && spec?.hosts !== undefined));
}

function check(title: string, path: string, expected: unknown, make: () => KubeObject[]): void {
  test(title, () => {
    const [kind, ...steps] = path.replace(/\[\]/g, '.[]').split('.');
    const found = make().filter(object => object.kind === kind).flatMap(object => steps.reduce(step, [object.spec] as unknown[]));
    expect(found).toContainEqual(expected);
  });
}

/** What is one step further: in a field, in every item, at every key. */
function step(values: unknown[], name: string): unknown[] {
  return values
    .flatMap(value => (name === '[]' ? value as unknown[] : name === '*' ? Object.values(value as object) : [(value as Record<string, unknown>)[name]]))
    .filter(value => value !== undefined);
}
