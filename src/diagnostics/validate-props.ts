import { MeshError } from './mesh-error';
import { nearest } from './nearest';
import { Located } from './refusal';
import { Fault, SHAPES } from './shape-checks';
import { written } from './written';

/**
 * The properties, if they have the names and types that the struct says, and the structs inside of them too, ours and those of cdk8s-plus.
 * For callers without a compiler: cdk8s-plus drops a misspelled property and reports nothing.
 *
 * @param struct the name of a public struct
 */
export function validateProps<T>(struct: string, given: T, at: Located | string): T {
  const fault = SHAPES.fault(struct, given);
  if (fault) {
    refuse(fault, at, '');
  }
  return given;
}

/** The value, if it is of a class of this library. */
export function instanceOf<T>(type: string, value: T, at: Located | string, what: string): T {
  const fault = SHAPES.fault(type, value);
  if (fault) {
    refuse(fault, at, what);
  }
  return value;
}

function refuse(fault: Fault, at: Located | string, what: string): never {
  const path = `${what}${fault.path}`.replace(/^\./, '');
  if ('name' in fault) {
    const { name, names } = fault;
    const [prefix, meant] = [path === '' ? '' : `${path}.`, nearest(name, names)];
    throw new MeshError('IM0001', at, {
      problem: `there is no property ${prefix}${name}`,
      got: name,
      allowed: names.join(', '),
      next: meant ? `did you mean ${prefix}${meant}?` : 'drop it, or correct its name',
    });
  }
  const { got, allowed, type } = fault;
  throw new MeshError('IM0001', at, {
    problem: `${path || 'the object of properties'} is ${got === undefined ? 'missing' : 'of the wrong type'}`, got, allowed, next: written(type, got),
  });
}
