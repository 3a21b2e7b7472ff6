import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** The largest number that Istio's messages hold. */
export const LARGEST = 2 ** 32 - 1;
/** The same for numbers with a sign. */
export const LARGEST_SIGNED = 2 ** 31 - 1;

/** The number, if it is a whole one between two others. Nothing stays nothing. */
export function wholeNumber<T extends number | undefined>(
  value: T, [least, most]: [number, number], code: Code, at: Located | string, what: string,
): T {
  if (value !== undefined && (!Number.isInteger(value) || value < least || value > most)) {
    throw new MeshError(code, at, { problem: `${what} is no number that can be`, got: value, allowed: `a whole number from ${least} to ${most}` });
  }
  return value;
}
