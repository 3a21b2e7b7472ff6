import { CALLABLES, Type, TypeRef, typeOf } from './assembly';
import { World } from './world';

/** Properties that are not known before another construct is declared, and the code of the documented refusal until then. */
const NOT_YET: { readonly [property: string]: string } = { 'GatewayWorkload.selector': 'IM1370', 'GatewayWorkload.namespace': 'IM1370' };

/** Reads whatever can be read of what a program has made, as a user might: no other getter may throw. */
export function observe(w: World): void {
  const seen = new Set<unknown>();
  for (const { type, value } of w.pool) read(w, { fqn: type.fqn }, value, seen);
  for (const { receiver, args } of w.calls) {
    for (const value of [receiver, ...args]) visit(w, value, seen);
  }
}

/** What factories made is of the class that they say. */
function visit(w: World, value: unknown, seen: Set<unknown>): void {
  if (!(value instanceof Object) || seen.has(value)) return;
  const made = w.origins.get(value);
  const returns = made && CALLABLES.find(({ name }) => name === made.name)?.returns;
  if (returns) {
    read(w, returns, value, seen);
  } else if (Array.isArray(value) || value.constructor === Object) {
    Object.values(value).forEach(part => visit(w, part, seen));
  }
}

function read(w: World, ref: TypeRef, value: unknown, seen: Set<unknown>): void {
  if (value === undefined || value === null) return;
  if (ref.collection) {
    Object.values(value).forEach(part => read(w, ref.collection!.elementtype, part, seen));
    return;
  }
  const type = typeOf(ref);
  if (type?.kind === 'enum') {
    const member = type.members!.find(({ name }) => name.toLowerCase() === String(value).toLowerCase().replace(/-/g, '_'));
    w.used.add(`${type.name}.${member?.name}`);
  } else if (type && !seen.has(value)) {
    seen.add(value);
    [type, ...above(type)].forEach(each => properties(w, each, value, seen));
  }
}

function properties(w: World, type: Type, value: object, seen: Set<unknown>): void {
  for (const property of (type.properties ?? []).filter(p => !p.static)) {
    const part = get(value, property.name, NOT_YET[`${type.name}.${property.name}`]);
    if (part !== undefined) {
      w.used.add(`${type.name}.${property.name}`);
      read(w, property.type, part, seen);
    }
  }
}

function get(value: object, name: string, refusal?: string): unknown {
  try {
    return (value as { [name: string]: unknown })[name];
  } catch (e) {
    if (refusal && (e as Error).message.startsWith(`${refusal} at `)) return undefined;
    throw e;
  }
}

function above(type: Type): Type[] {
  return (type.interfaces ?? []).map(fqn => typeOf({ fqn })).filter(each => each !== undefined).flatMap(each => [each, ...above(each)]);
}
