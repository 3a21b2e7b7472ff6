import * as others from './cdk8s-shapes';
import { className } from './class-name';
import { MeshError } from './mesh-error';
import { nearest } from './nearest';
import { Located } from './refusal';
import * as ours from './shapes';
import { written } from './written';

const STRUCTS = { ...ours.STRUCTS, ...others.STRUCTS };
const ENUMS = { ...ours.ENUMS, ...others.ENUMS };

/** What users call classes that are not exported. */
const PUBLIC: { readonly [type: string]: string } = { MeshServiceBase: 'MeshService', StatefulServiceBase: 'StatefulMeshService' };

/**
 * The properties, if they have the names and types that the struct says, and the structs inside of them too, ours and those of cdk8s-plus.
 * For callers without a compiler: cdk8s-plus drops a misspelled property and reports nothing.
 *
 * @param struct the name of a public struct
 */
export function validateProps<T>(struct: string, given: T, at: Located | string): T {
  check(struct, given, at, '');
  return given;
}

/** The value, if it is of a class of this library. */
export function instanceOf<T>(type: string, value: T, at: Located | string, what: string): T {
  checkValue(type, value, at, what);
  return value;
}

function check(struct: string, given: unknown, at: Located | string, path: string): void {
  const shape = STRUCTS[struct];
  if (!isRecord(given) || (ofClass(given) && !Object.keys(shape).some(name => name in given))) {
    refuse(at, path.replace(/\.$/, '') || 'the object of properties', given, `${articled(struct)}: { ${Object.keys(shape).join(', ')} }`, 'struct');
  }
  for (const name of Object.keys(given)) {
    if (!Object.keys(shape).includes(name)) {
      const meant = nearest(name, Object.keys(shape));
      throw new MeshError('IM0001', at, {
        problem: `there is no property ${path}${name}`,
        got: name,
        allowed: Object.keys(shape).join(', '),
        next: meant ? `did you mean ${path}${meant}?` : 'drop it, or correct its name',
      });
    }
  }
  for (const [name, type] of Object.entries(shape)) {
    const value = given[name];
    if (value === undefined && type.endsWith('?')) {
      continue;
    }
    checkValue(type.replace(/\?$/, ''), value, at, `${path}${name}`);
  }
}

function checkValue(type: string, value: unknown, at: Located | string, path: string): void {
  if (type === 'any') {
    return; // the construct that reads it checks it
  }
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) {
      refuse(at, path, value, 'a list', 'list');
    }
    // A list with holes has undefined there: `forEach` would pass them by.
    Array.from(value).forEach((element, i) => checkValue(type.slice(0, -2), element, at, `${path}[${i}]`));
  } else if (type.startsWith('{')) {
    if (!isRecord(value) || ofClass(value)) {
      refuse(at, path, value, 'an object of names and values', 'map');
    }
    Object.entries(value).forEach(([key, element]) => checkValue(type.slice(1, -1), element, at, `${path}.${key}`));
  } else if (STRUCTS[type]) {
    check(type, value, at, `${path}.`);
  } else if (ENUMS[type]) {
    if (typeof value !== 'string' || !Object.values(ENUMS[type]).includes(value)) {
      refuse(at, path, value, Object.keys(ENUMS[type]).map(member => `${type}.${member}`).join(', '), 'enum');
    }
  } else if (['string', 'number', 'boolean'].includes(type)) {
    if (typeof value !== type) {
      refuse(at, path, value, articled(type), type);
    }
  } else if (typeof value !== 'object' || value === null || !fits(value, type)) {
    refuse(at, path, value, articled(PUBLIC[type] ?? type), type);
  }
}

/** Users may implement an interface, so its members show whether an object does. JavaScript treats a list as an object. */
function fits(value: object, type: string): boolean {
  switch (type) {
    case 'object': return !Array.isArray(value);
    case 'construct': return 'node' in value;
    default: return ours.INTERFACES[type]?.every(member => member in value) ?? isA(value, type);
  }
}

function refuse(at: Located | string, path: string, got: unknown, allowed: string, type: string): never {
  throw new MeshError('IM0001', at, { problem: `${path} is ${got === undefined ? 'missing' : 'of the wrong type'}`, got, allowed, next: written(type, got) });
}

function articled(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a class made the object, as `Map` does: what it holds are then no properties of it. */
function ofClass(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && className(prototype) !== 'Object';
}

/** By name rather than `instanceof`: a second copy of this package in the tree makes the same classes. */
function isA(value: object, name: string): boolean {
  for (let type = Object.getPrototypeOf(value); type; type = Object.getPrototypeOf(type)) {
    if (className(type) === name) {
      return true;
    }
  }
  return false;
}
