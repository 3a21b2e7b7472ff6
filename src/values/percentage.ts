import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** The percentage, if Envoy can throw dice for it: it counts in millionths. */
export function percentage(value: number, at: Located | string, what: string): number {
  const millionths = value * 10_000;
  if (!(value >= 0 && value <= 100) || Math.abs(millionths - Math.round(millionths)) > 1e-6) {
    throw new MeshError('IM1339', at, {
      problem: `${what} is no percentage`, got: value, allowed: 'a number from 0 to 100 with at most four decimals', next: 'mend the percentage',
    });
  }
  return value;
}
