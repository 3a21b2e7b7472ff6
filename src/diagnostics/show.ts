import { className } from './class-name';

/**
 * A value as its author would write it: text in quotes, so that `'8080'` and `8080` differ. A Duration is shown by its call, an object
 * of a class by the name of the class, a construct by its path as well. Everything else is shown as JSON.
 */
export function show(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : json(value, []);
}

/** Text for a place in a message that is no value: a path, or a part of one. */
export function bare(value: unknown): string {
  return typeof value === 'string' ? value : show(value);
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'')}'`;
}

/** JSON knows no undefined, NaN, functions and classes, and writes something else in their place. */
function json(value: unknown, around: object[]): string {
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    return `(${typeof value})`;
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (around.includes(value)) {
    return '(itself)';
  }
  const inner = (each: unknown) => json(each, [...around, value]);
  if (Array.isArray(value)) {
    return `[${Array.from(value, inner).join(',')}]`;
  }
  return instance(value)
    ?? `{${Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => `${JSON.stringify(key)}:${inner(each)}`).join(',')}}`;
}

/** What an object of a class is, or undefined for a plain object. */
function instance(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  const name = prototype === null ? undefined : className(prototype);
  if (name === undefined || name === 'Object') {
    return undefined;
  }
  const { node, toMilliseconds } = value as { node?: { path?: unknown }; toMilliseconds?: unknown };
  if (name === 'Duration' && typeof toMilliseconds === 'function') {
    return duration(toMilliseconds.call(value, { integral: false }));
  }
  return typeof node?.path === 'string' ? `(${[name, node.path].filter(part => part).join(' ')})` : `(${name})`;
}

function duration(millis: number): string {
  return millis % 1000 === 0 ? `Duration.seconds(${millis / 1000})` : `Duration.millis(${millis})`;
}
