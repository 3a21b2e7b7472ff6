import * as others from './cdk8s-shapes';
import { isNamed } from './class-name';
import * as ours from './shapes';

const STRUCTS = { ...ours.STRUCTS, ...others.STRUCTS };
const ENUMS = { ...ours.ENUMS, ...others.ENUMS };

/** What users call classes that are not exported. */
const PUBLIC: { readonly [type: string]: string } = { MeshServiceBase: 'MeshService', StatefulServiceBase: 'StatefulMeshService' };

/** A value that does not have the shape, and where it is inside of the checked one: `.versions.v1`, `[0]`. */
export interface WrongValue {
  readonly path: string;
  readonly got: unknown;
  readonly allowed: string;
  /** The type, or what kind of type it is. */
  readonly type: string;
}

/** A property that the struct at this path does not have. */
export interface UnknownName {
  readonly path: string;
  readonly name: string;
  readonly names: string[];
}

export type Fault = WrongValue | UnknownName;

/** Returns what is wrong with a value. The callers of the check compose the path, so a right value costs none. */
type Check = (value: unknown) => Fault | undefined;

interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly check: Check;
}

/** The checks of the types in the tables. A check is made when a value of its type is checked first. */
class ShapeChecks {
  private readonly checks = new Map<string, Check>();

  /** The first fault of a value. */
  public fault(type: string, value: unknown): Fault | undefined {
    return this.of(type)(value);
  }

  private of(type: string): Check {
    let check = this.checks.get(type);
    if (!check) {
      check = this.make(type);
      this.checks.set(type, check);
    }
    return check;
  }

  private make(type: string): Check {
    if (type === 'any') {
      return () => undefined; // the construct that reads it checks it
    }
    if (type.endsWith('[]')) {
      return listOf(this.of(type.slice(0, -2)));
    }
    if (type.startsWith('{')) {
      return mapOf(this.of(type.slice(1, -1)));
    }
    if (STRUCTS[type]) {
      return this.struct(type);
    }
    if (ENUMS[type]) {
      const values = new Set<unknown>(Object.values(ENUMS[type]));
      const allowed = Object.keys(ENUMS[type]).map(member => `${type}.${member}`).join(', ');
      return value => (values.has(value) ? undefined : wrong(value, allowed, 'enum'));
    }
    if (['string', 'number', 'boolean'].includes(type)) {
      return value => (typeof value === type ? undefined : wrong(value, articled(type), type));
    }
    const fits = fitting(type);
    return value => (typeof value === 'object' && value !== null && fits(value) ? undefined : wrong(value, articled(PUBLIC[type] ?? type), type));
  }

  private struct(type: string): Check {
    const names = Object.keys(STRUCTS[type]);
    const known = new Set(names);
    const allowed = `${articled(type)}: { ${names.join(', ')} }`;
    let fields: Field[] | undefined; // made later, because structs can contain themselves
    return value => {
      if (!isRecord(value) || (ofClass(value) && !names.some(name => name in value))) {
        return wrong(value, allowed, 'struct');
      }
      for (const name of Object.keys(value)) {
        if (!known.has(name)) {
          return { path: '', name, names };
        }
      }
      fields ??= names.map(name => this.field(name, STRUCTS[type][name]));
      for (const { name, optional, check } of fields) {
        const property = value[name];
        const fault = property === undefined && optional ? undefined : check(property);
        if (fault) {
          return { ...fault, path: `.${name}${fault.path}` };
        }
      }
      return undefined;
    };
  }

  private field(name: string, type: string): Field {
    return { name, optional: type.endsWith('?'), check: this.of(type.replace(/\?$/, '')) };
  }
}

/** The checks of all types: they follow from the tables alone. */
export const SHAPES = new ShapeChecks();

function listOf(element: Check): Check {
  return value => {
    if (!Array.isArray(value)) {
      return wrong(value, 'a list', 'list');
    }
    // A list with holes has undefined there: `forEach` would pass them by.
    for (let i = 0; i < value.length; i++) {
      const fault = element(value[i]);
      if (fault) {
        return { ...fault, path: `[${i}]${fault.path}` };
      }
    }
    return undefined;
  };
}

function mapOf(element: Check): Check {
  return value => {
    if (!isRecord(value) || ofClass(value)) {
      return wrong(value, 'an object of names and values', 'map');
    }
    for (const key of Object.keys(value)) {
      const fault = element(value[key]);
      if (fault) {
        return { ...fault, path: `.${key}${fault.path}` };
      }
    }
    return undefined;
  };
}

/** Users may implement an interface, so its members show whether an object does. JavaScript treats a list as an object. */
function fitting(type: string): (value: object) => boolean {
  const members = ours.INTERFACES[type] as readonly string[] | undefined;
  switch (type) {
    case 'object': return value => !Array.isArray(value);
    case 'construct': return value => 'node' in value;
    default: return members ? value => members.every(member => member in value) : value => isA(value, type);
  }
}

function wrong(got: unknown, allowed: string, type: string): WrongValue {
  return { path: '', got, allowed, type };
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
  return prototype !== Object.prototype && prototype !== null && !isNamed(prototype, 'Object');
}

/** By name rather than `instanceof`: a second copy of this package in the tree makes the same classes. */
function isA(value: object, name: string): boolean {
  for (let type = Object.getPrototypeOf(value); type; type = Object.getPrototypeOf(type)) {
    if (isNamed(type, name)) {
      return true;
    }
  }
  return false;
}
