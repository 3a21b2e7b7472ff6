import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { propertiesOf, TypeRef, typeOf } from './assembly';
import { World } from './world';

class Unrelated {}

const TEXTS = [
  '', ' ', 'Upper-Case', 'a'.repeat(64), `/${'a'.repeat(300)}`, '*', 'a.*.b', '-', 'never-deployed', 'a/b', 'ünïcode', '(', '1.2.3.4', '__proto__', 'a\nb',
];
const NUMBERS = [-1, 0, 1.5, Infinity, 15001, 65536, 2 ** 53];

/** A value that a slot should not be given. */
export interface Wrong {
  readonly value: unknown;
  /** Whether it can never be right: it is not of the slot's type, whatever the slot is for. */
  readonly never: boolean;
}

/**
 * Wrong values for the slot filled last: by its type, and what the same slot was given elsewhere in the program, which is
 * the name, host, port or service of another construct.
 */
export function wrongValues(w: World, ref: TypeRef, optional: boolean): Wrong[] {
  const { name, value: right } = w.slots[w.slots.length - 1];
  const taken = [...new Set(w.slots.filter(slot => slot.name === name && slot.value !== right).map(slot => slot.value))];
  const never = [null, ...optional ? [] : [undefined], ...ofAnotherType(ref, right)];
  const perhaps = [...ofItsType(w, ref, right), ...taken, ...taken, ...taken];
  return [...never.map(value => ({ value, never: true })), ...perhaps.map(value => ({ value, never: false }))];
}

const isStruct = (value: unknown): value is object => value instanceof Object && value.constructor === Object;

function ofAnotherType(ref: TypeRef, right: unknown): unknown[] {
  if (Array.isArray(right)) return ['text', 5, {}, [null], [undefined]];
  // Data of any shape is for others to read.
  const data = ref.collection?.elementtype.primitive === 'any';
  if (ref.collection) return ['text', 5, [], ...data ? [] : [null, ['text']].map(more => ({ ...right as object, more }))];
  switch (ref.primitive) {
    case 'string': return [5, true, {}, ['text']];
    case 'number': return ['80', true, {}, [], NaN];
    case 'boolean': return ['yes', 1, 0, {}];
  }
  const type = typeOf(ref);
  if (type?.kind === 'enum') return ['nothing-such', '', 5, {}, 'toString'];
  if (!isStruct(right)) return ['text', 5, [], {}, new Unrelated(), Object.create(null), () => right, true];
  const required = type ? propertiesOf(type).filter(property => !property.optional).map(({ name }) => name) : [];
  return ['text', 5, [], true, ...type ? [{ ...right, nothingSuch: 1 }] : [], ...lacking(right, required)];
}

function ofItsType(w: World, ref: TypeRef, right: unknown): unknown[] {
  if (Array.isArray(right)) return [[], [...right, right[0]], [...right, {}], [...right, 'never-deployed'], [...right, -1]];
  if (ref.collection) return maps(right as object);
  if (ref.primitive === 'string') return TEXTS;
  if (ref.primitive === 'number') return NUMBERS;
  if (ref.fqn === 'constructs.Construct') return scopes(w);
  // Of others' structs any property may be required, and what they do with an unknown one is theirs.
  return isStruct(right) && !typeOf(ref) ? [{ ...right, nothingSuch: 1 }, ...lacking(right, Object.keys(right))] : [];
}

/** The struct with each of the properties left out. */
function lacking(right: object, required: string[]): object[] {
  return required.map(name => Object.fromEntries(Object.entries(right).filter(([key]) => key !== name)));
}

function maps(right: object): unknown[] {
  const [first] = Object.values(right);
  return [{}, ...[undefined, -1, '', 'Not valid!'].map(value => ({ ...right, more: value })),
    ...['', 'Upper-Case', 'not valid!', 'a'.repeat(64), 'never-deployed', '__proto__ ', 'a/b/c'].map(key => ({ ...right, [key]: first }))];
}

/** Places where a construct may not be: nowhere, outside of every chart, in a chart without a namespace. */
function scopes(w: World): unknown[] {
  const bare = () => new Chart(w.app, `bare-${w.calls.length}`);
  return [w.app, new Construct(w.app, `outside-${w.calls.length}`), bare()];
}
