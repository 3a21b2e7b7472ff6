import { IConstruct } from 'constructs';
import { Callable, CALLABLES, hasConstructs, isA, isConstruct, MAKERS, once, producers, propertiesOf, Slot, typeOf, Type, TypeRef } from './assembly';
import { BUILDERS } from './builders';
import { Choices } from './choices';
import { FACTS, FORCED, GUARDS, NOTES, ORDER } from './facts';
import { wrongValues } from './faults';
import { ABSENT } from './knowledge';
import { suits } from './targets';
import { Frame, Given, NothingSuits, Speaker, World } from './world';
import * as library from '../../src';

const ATTEMPTS = 3;
/** Of 100 times, how often an optional property is there. */
const PRESENT = 55;
const exported = library as unknown as { readonly [name: string]: { readonly [member: string]: unknown } };

/** The entry for a slot: its own, that of all factories of its class, or that of all slots of its name. */
function entry<T>(table: { readonly [slot: string]: T }, slot: string): T | undefined {
  return table[slot] ?? aliases(slot).map(alias => table[alias]).find(found => found !== undefined);
}

const aliases = once(slot => {
  const [owner, ...rest] = slot.split('.');
  return [...rest.length === 2 ? [`${owner}.*.${rest[1]}`] : [], `*.${rest[rest.length - 1]}`];
});

/** A value for a slot: what a fact says, else any of the slot's type. */
export function valueOf(w: World, ref: TypeRef, slot: string): unknown {
  const fact = entry(FACTS, slot)?.(w);
  return fact === undefined ? anyOf(w, ref, slot) : fact;
}

function anyOf(w: World, ref: TypeRef, slot: string): unknown {
  if (ref.collection) {
    const { kind, elementtype } = ref.collection;
    const several = Array.from({ length: w.choices.int(1, 3) });
    return w.within(`${slot}[]`, frame => (frame.given.count = several.length, kind === 'array'
      ? several.map((_, index) => (frame.given.index = index, valueOf(w, elementtype, `${slot}[]`)))
      : map(w, several.map(() => valueOf(w, { primitive: 'string' }, `${slot}{}`) as string), elementtype, slot)));
  }
  switch (ref.primitive) {
    case 'string': return w.fresh('texts', ['text', 'word']);
    case 'number': return w.choices.int(1, 5);
    case 'boolean': return w.choices.chance(50);
  }
  const type = typeOf(ref);
  if (!type) {
    const builder = BUILDERS[ref.fqn!];
    if (!builder) throw new Error(`${slot} is a ${ref.fqn}: say in builders.ts how to make one`);
    return builder(w);
  }
  if (type.kind === 'enum') return member(w, type);
  return type.datatype ? struct(w, type) : instance(w, type);
}

/** Keys may be the same; then the map has one entry for them. */
function map(w: World, keys: string[], elementtype: TypeRef, slot: string): object {
  return Object.fromEntries([...new Set(keys)].map(key => [key, valueOf(w, elementtype, `${slot}[]`)]));
}

function member(w: World, type: Type): unknown {
  const { name } = w.choices.pick(type.members!);
  w.used.add(`${type.name}.${name}`);
  return exported[type.name][name];
}

/** The properties of a struct, those first that others have to agree with. */
function ordered(type: Type): Slot[] {
  const properties = propertiesOf(type);
  const first = (ORDER[type.name] ?? []).flatMap(name => properties.filter(property => property.name === name));
  return [...first, ...properties.filter(property => !first.includes(property))];
}

function struct(w: World, type: Type): unknown {
  return w.within(type.name, frame => {
    const value = fill(w, frame, ordered(type));
    note(w, type.name, frame.given);
    return value;
  });
}

/** A construct of the program, or what a factory makes. */
function instance(w: World, { fqn }: Type): unknown {
  const constructs = hasConstructs(fqn) ? w.neighbours.filter(({ type, value }) => isA(type, fqn) && suits(w, value)) : [];
  const factories = producers(fqn).filter(({ name }) => isChoice(w, name));
  if (factories.length > 0 && (constructs.length === 0 || w.choices.chance(50))) {
    return call(w, w.choices.pick(factories));
  }
  return constructs.length > 0 && w.choices.chance(85) ? w.choices.pick(constructs).value : made(w, fqn);
}

/** Whether a factory is a choice here. */
export function isChoice(w: World, name: string): boolean {
  return GUARDS[name]?.(w) ?? true;
}

/** A new construct that suits. */
function made(w: World, fqn: string): unknown {
  const makers = MAKERS.filter(({ name, returns }) => isA(typeOf(returns!)!, fqn) && isChoice(w, name));
  for (let i = 0; i < ATTEMPTS && makers.length > 0; i++) {
    const value = call(w, w.choices.pick(makers));
    if (suits(w, value)) return value;
  }
  throw new NothingSuits(fqn);
}

/** How facts and builders get what only public calls give. */
export const SPEAKER: Speaker = {
  make: (w, type) => call(w, w.choices.pick(MAKERS.filter(({ returns }) => typeOf(returns!)!.name === type))),
  say: (w, name, receiver) => call(w, CALLABLES.find(callable => callable.name === name)!, receiver),
};

/** Calls something public with arguments that fit. */
export function call(w: World, callable: Callable, on?: unknown): unknown {
  const { name, kind, owner, member: own, parameters } = callable;
  return w.within(name, frame => {
    const receiver = kind === 'method' ? on ?? anyOf(w, { fqn: owner.fqn }, `${name}.this`) : exported[owner.name];
    frame.given.this = kind === 'method' ? receiver : undefined;
    const args = argumentsOf(fill(w, frame, parameters, name), parameters);
    const said = { name, receiver: kind === 'method' ? receiver : undefined, args };
    w.calls.push(said);
    w.used.add(name);
    const result = run(callable, receiver, args);
    if (result instanceof Object && !w.origins.has(result)) w.origins.set(result, said);
    const type = typeOf(callable.returns ?? {});
    if (type && isConstruct(type) && MAKERS.includes(callable)) {
      const props = Object.values(frame.given).filter(value => value?.constructor === Object) as Given[];
      w.pool.push({ type, value: result as IConstruct, cluster: w.cluster, given: Object.assign({}, frame.given, ...props) });
    }
    note(w, name, result);
    return own === 'toRouteTarget' ? undefined : result;
  });
}

function run({ kind, member: own }: Callable, receiver: unknown, args: unknown[]): unknown {
  switch (kind) {
    case 'const': return (receiver as Given)[own];
    case 'new': return new (receiver as new (...args: unknown[]) => unknown)(...args);
    default: return (receiver as { [name: string]: (...args: unknown[]) => unknown })[own](...args);
  }
}

function argumentsOf(filled: Given, parameters: Slot[]): unknown[] {
  return parameters.flatMap(({ name, variadic }) => (variadic && Array.isArray(filled[name]) ? filled[name] as unknown[] : [filled[name]]));
}

/**
 * Fills the properties of a struct or the parameters of a call. What is meant goes into the frame, so that later slots
 * agree with it; what is handed over differs from it in the one slot of the fault.
 */
function fill(w: World, frame: Frame, slots: Slot[], owner = frame.owner): Given {
  const filled: { [name: string]: unknown } = {};
  for (const { name, type, optional, variadic, declaredBy = owner } of slots) {
    const slot = `${declaredBy}.${name}`;
    if (optional && !w.choices.chance(PRESENT) && !entry(FORCED, slot)?.(w)) continue;
    frame.slot = slot;
    const value = valueOf(w, variadic ? { collection: { kind: 'array', elementtype: type } } : type, slot);
    if (value === ABSENT) continue;
    w.used.add(slot);
    frame.given[name] = value;
    filled[name] = value;
    if (w.slots.push({ name: slot, value }) - 1 === w.fault?.slot) {
      w.wrong = { slot, ...new Choices(w.fault.pick).pick(wrongValues(w, type, optional ?? false)) };
      filled[name] = w.wrong.value;
    }
    note(w, slot, value);
  }
  frame.slot = undefined;
  return filled;
}

function note(w: World, slot: string, value: unknown): void {
  entry(NOTES, slot)?.(w, value);
}
