import { App, ImplicitTokenResolver, Lazy, LazyResolver, NumberStringUnionResolver } from 'cdk8s';

/** A JSON value. Undefined stands for a value that is left out. */
export type Json = unknown;

/** What is left out besides null and undefined, and whether keys are sorted. */
export interface Form {
  readonly sortKeys: boolean;
  readonly dropEmpty: boolean;
}

/** Thrown for a value that cdk8s itself has to render or to refuse. */
export class NotPlain extends Error {}

/** Whether an App resolves values as cdk8s does by default. */
export function resolvesByDefault({ resolvers }: App): boolean {
  const byDefault = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
  return resolvers.length === byDefault.length && byDefault.every((type, i) => resolvers[i] instanceof type);
}

/**
 * What cdk8s' `resolve` and `sanitizeValue` make of a value, in one pass.
 *
 * @throws NotPlain for values of unknown classes
 */
export function resolved(given: Json, form: Form): Json {
  const value = produced(given);
  if (typeof value !== 'object') {
    return value;
  }
  if (Array.isArray(value)) {
    return form.dropEmpty && value.length === 0 ? undefined : Array.from(value, element => resolved(element, form));
  }
  const from = value as { readonly [key: string]: Json };
  const keys = Object.keys(from);
  const result: { [key: string]: Json } = {};
  let isEmpty = true;
  for (const key of form.sortKeys ? sorted(keys) : keys) {
    const child = resolved(from[key], form);
    if (child !== undefined) {
      result[key] = child;
      isEmpty = false;
    }
  }
  return form.dropEmpty && isEmpty ? undefined : result;
}

/** Sorts keys in place. Most objects have few, and for these an insertion is faster than `sort()`. */
function sorted(keys: string[]): string[] {
  if (keys.length > 12) {
    return keys.sort();
  }
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    let place = i;
    for (; place > 0 && keys[place - 1] > key; place--) {
      keys[place] = keys[place - 1];
    }
    keys[place] = key;
  }
  return keys;
}

/** The value after all resolvers: a primitive value, a list, or an object that is no instance of a class. Undefined instead of null. */
function produced(given: Json): Json {
  let value = given;
  while (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const object = value as { readonly constructor?: unknown; readonly resolve?: unknown; readonly value?: unknown };
    const isPlain = object.constructor === Object;
    if (!isPlain && object instanceof Lazy) {
      value = object.produce();
    } else if (typeof object.resolve === 'function') {
      value = object.resolve();
    } else if (isPlain) {
      return value;
    } else if (typeof object.value === 'number' || typeof object.value === 'string') {
      return { value: object.value };
    } else {
      throw new NotPlain();
    }
  }
  if (typeof value === 'function') {
    throw new NotPlain();
  }
  return value ?? undefined;
}
