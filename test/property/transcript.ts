import { Construct } from 'constructs';
import { Call, World } from './world';

/** A program as code, for the reader of a failure. */
export function transcript(w: World): string {
  return w.calls.filter(made => !inner(w, made)).map(made => show(w, made)).join('\n');
}

/** Calls whose result is an argument are shown where it is used. */
function inner(w: World, made: Call): boolean {
  const isPlace = w.pool.some(({ value }) => w.origins.get(value) === made);
  return !isPlace && w.calls.some(other => other !== made && mentions(w, [other.receiver, ...other.args], made));
}

function mentions(w: World, value: unknown, made: Call): boolean {
  if (!(value instanceof Object) || Construct.isConstruct(value)) return false;
  if (w.origins.get(value) === made) return true;
  return [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)) && Object.values(value).some(part => mentions(w, part, made));
}

function show(w: World, { name, receiver, args }: Call): string {
  const list = args.map(arg => text(w, arg)).join(', ');
  return receiver === undefined ? `${name}(${list})` : `${text(w, receiver)}.${name.split('.')[1]}(${list})`;
}

function text(w: World, value: unknown): string {
  if (Construct.isConstruct(value)) return `<${value.node.path || 'App'}>`;
  if (typeof value === 'number' || value === undefined) return String(value);
  if (!(value instanceof Object)) return JSON.stringify(value) ?? String(value);
  const made = w.origins.get(value);
  if (made) return show(w, made);
  if (Array.isArray(value)) return `[${value.map(part => text(w, part)).join(', ')}]`;
  if (value.constructor !== Object) return `<${value.constructor?.name}>`;
  return `{ ${Object.entries(value).map(([key, part]) => `${key}: ${text(w, part)}`).join(', ')} }`;
}
