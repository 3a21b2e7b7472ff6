import { MeshError } from '../diagnostics/mesh-error';

/** Whole percentages by name, in the order given. */
export type Weights = { readonly [name: string]: number };

/**
 * Checks that weights are whole percentages that add up to 100, and gives what is left to the one named.
 *
 * @param rest the name that takes what the others leave, where one is named
 * @param next the next step in the message about weights that do not add up
 */
export function hundredPercent(given: Weights, rest: string | undefined, at: string, next?: string): Weights {
  const entries = Object.entries(given);
  for (const [name, weight] of entries) {
    if (!Number.isInteger(weight) || weight < 0 || weight > 100) {
      throw new MeshError('IM1202', at, { problem: `the weight of ${name} is no whole percentage`, got: weight, allowed: 'a whole number from 0 to 100' });
    }
  }
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (rest === undefined) {
    if (entries.length === 0) {
      throw new MeshError('IM1201', at, { problem: 'no version has a weight', got: given });
    }
    if (sum !== 100) {
      throw new MeshError('IM1203', at, {
        problem: `weights add up to ${sum}, must be 100`,
        found: list(given),
        next: next ?? remedy(entries, sum),
      });
    }
    return { ...given };
  }
  if (Object.keys(given).includes(rest)) {
    throw new MeshError('IM1203', at, { problem: `${rest} has a weight and takes the rest as well`, found: list(given), next: `drop the weight of ${rest}` });
  }
  if (sum > 100) {
    throw new MeshError('IM1203', at, { problem: `weights add up to ${sum}, which leaves ${rest} less than nothing`, found: list(given), next: 'lower a weight' });
  }
  return { ...given, [rest]: 100 - sum };
}

/** A share in whole percentages for each name. The first names get the remainder. A share of 0 gives no entries. */
export function evenly(share: number, names: string[]): Weights {
  const each = Math.floor(share / names.length);
  return share === 0 ? {} : Object.fromEntries(names.map((name, i) => [name, i < share % names.length ? each + 1 : each]));
}

function list(weights: Weights): string {
  return Object.entries(weights).map(([name, weight]) => `${name}: ${weight}`).join(', ');
}

function remedy(entries: [string, number][], sum: number): string {
  const others = entries.slice(0, -1);
  const [last, share] = entries[entries.length - 1];
  return sum - share > 100
    ? 'change the weights'
    : `change one weight, or name the version that takes the rest: SplitTarget.weights({ ${
      others.map(([name, weight]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${weight}`).join(', ')} }, { rest: '${last}' })`;
}
