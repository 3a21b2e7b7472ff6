/** Which errors each public class raises, and by which of its members. */
import { isConstructed, methodsOf, Type, TYPES } from './api-assembly';
import { ROOT } from './proofs';
import { RaisedErrors } from './raised-errors';

/** The members of a class that raise a code: `constructor`, names of methods, `synthesis`. */
export type ErrorsOfType = ReadonlyMap<string, readonly string[]>;

/** The errors of every class. */
export function errorsOfTypes(): ReadonlyMap<Type, ErrorsOfType> {
  const raised = new RaisedErrors(ROOT);
  return new Map(TYPES.filter(({ kind }) => kind === 'class').map(type => [type, errorsOf(type, raised)]));
}

function errorsOf(type: Type, raised: RaisedErrors): ErrorsOfType {
  const members = [...isConstructed(type) ? ['constructor'] : [], ...methodsOf(type).map(({ name }) => name)].map(name => ({ name, ...raised.of(type.name, name) }));
  const codes = new Set(members.flatMap(({ atOnce, atSynthesis }) => [...atOnce, ...atSynthesis]));
  return new Map([...codes].sort().map(code => [code, [
    ...members.filter(({ atOnce }) => atOnce.has(code)).map(({ name }) => name),
    ...members.some(({ atSynthesis }) => atSynthesis.has(code)) ? ['synthesis'] : [],
  ]]));
}
