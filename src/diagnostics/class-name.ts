/** jsii writes the full name of a class into each class that it exports, ours and those of cdk8s. */
const EXPORTED = Symbol.for('jsii.rtti');
/** The same for classes that are not exported and that checks ask for. */
const INTERNAL = Symbol.for('cdk8s-istio.class');

/**
 * The name of the class with this prototype. Bundlers rename classes, so the name of the function counts only for classes without a mark:
 * those of users, and all of this library before jsii compiles it.
 */
export function className(prototype: object): string | undefined {
  const type = prototype.constructor as { name?: unknown; [EXPORTED]?: { fqn: string }; [INTERNAL]?: string } | undefined | null;
  if (type === undefined || type === null) {
    return undefined;
  }
  // Classes inherit static properties: the mark of a base is not that of a subclass.
  const name = Object.hasOwn(type, INTERNAL) ? type[INTERNAL] : Object.hasOwn(type, EXPORTED) ? type[EXPORTED]!.fqn.replace(/^.*\./, '') : type.name;
  return name === undefined ? undefined : String(name);
}

/** Whether the class with this prototype has the name. Checks of properties ask this for each value, so the full name is compared as it is. */
export function isNamed(prototype: object, name: string): boolean {
  const type = prototype.constructor as { [EXPORTED]?: { fqn: string }; [INTERNAL]?: string } | undefined | null;
  if (type && Object.hasOwn(type, EXPORTED) && !Object.hasOwn(type, INTERNAL)) {
    const { fqn } = type[EXPORTED]!;
    return fqn.endsWith(name) && fqn.charAt(fqn.length - name.length - 1) === '.';
  }
  return className(prototype) === name;
}

/** Marks a class that is not exported with its name. */
export function markClass(type: object, name: string): void {
  Object.defineProperty(type, INTERNAL, { value: name });
}
