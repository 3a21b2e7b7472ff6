import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** Helm values, or a part of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Values = { readonly [field: string]: any };

/** The values without what is undefined and without objects that are empty then, keys sorted: what is written does not depend on who wrote first. */
export function tidy(values: Values): Values {
  const entries = Object.keys(values).sort().map((key): [string, unknown] => [key, tidied(values[key])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function tidied(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(tidied);
  }
  if (!isObject(value)) {
    return value;
  }
  const left = tidy(value);
  // A value that the user left empty is a choice, such as an outlier detection without settings.
  return Object.keys(left).length === 0 && Object.keys(value).length > 0 ? undefined : left;
}

/** The values, and others that only a user knows of. */
export function withFurther(values: Values, further: Values, at: Located | string, path: string): Values {
  const all = new Map<string, unknown>(Object.entries(values));
  for (const [key, value] of Object.entries(further)) {
    const mine = all.get(key);
    if (mine === undefined) {
      all.set(key, plain(value, at, `${path}.${key}`));
    } else if (isObject(mine) && isObject(value)) {
      all.set(key, withFurther(mine, value, at, `${path}.${key}`));
    } else {
      throw new MeshError('IM1604', at, { problem: `${path}.${key} is written already, from a property or a fact of its own`, found: `${text(value)}, and before ${text(mine)}` });
    }
  }
  return Object.fromEntries(all);
}

/** Refuses what YAML cannot hold: cdk8s would answer without a code. */
function plain(value: unknown, at: Located | string, path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((element, i) => plain(element, at, `${path}[${i}]`));
  }
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, plain(element, at, `${path}.${key}`)]));
  }
  if (!['string', 'boolean'].includes(typeof value) && !(typeof value === 'number' && Number.isFinite(value))) {
    throw new MeshError('IM1604', at, {
      problem: `${path} is nothing that YAML holds`, got: value, allowed: 'texts, numbers, true and false, lists and objects of them', next: 'write the value as plain data',
    });
  }
  return value;
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}
