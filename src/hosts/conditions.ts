import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';
import { StringMatch } from '../values/string-match';

/** Conditions on headers or query parameters, by name: a request has to meet them all. */
export type Conditions = { readonly [name: string]: StringMatch };

export function count(conditions: Conditions = {}): number {
  return Object.keys(conditions).length;
}

/** Among matches with as many conditions, those that take less come first. */
export function looseness(conditions: Conditions = {}): number {
  const rank = { exact: 0, regex: 1, prefix: 2, present: 1000 };
  return Object.values(conditions).reduce((sum, c) => sum + rank[c._kind] - (c._kind === 'prefix' ? Math.min(c._value.length, 900) / 1000 : 0), 0);
}

export function rendered(conditions: Conditions = {}): { [name: string]: { [kind: string]: string } } | undefined {
  return count(conditions) === 0 ? undefined : sorted(Object.fromEntries(Object.entries(conditions).map(([name, c]) => [name, c._toIstio()])));
}

export function sorted<T>(map: { readonly [key: string]: T }): { [key: string]: T } {
  return Object.fromEntries(Object.keys(map).sort().map(key => [key, map[key]]));
}

export function merged(a: Conditions = {}, b: Conditions = {}, at: Located | string): Conditions {
  for (const name of Object.keys(a)) {
    if (name in b && JSON.stringify(a[name]._toIstio()) !== JSON.stringify(b[name]._toIstio())) {
      throw new MeshError('IM1309', at, {
        problem: `the route and the split of its target both have a condition on ${name}`,
        got: `${JSON.stringify(a[name]._toIstio())} and ${JSON.stringify(b[name]._toIstio())}`,
      });
    }
  }
  return { ...a, ...b };
}

export function conditionsCover(a: Conditions = {}, b: Conditions = {}): boolean {
  return Object.entries(a).every(([name, match]) => b[name] !== undefined && match._covers(b[name]));
}

export function conditionsOverlap(a: Conditions = {}, b: Conditions = {}): boolean {
  return Object.entries(a).every(([name, match]) =>
    b[name] === undefined || [match, b[name]].some(m => m._kind === 'regex') || match._covers(b[name]) || b[name]._covers(match));
}

export function excludes(without: Conditions = {}, required: Conditions = {}): boolean {
  return Object.entries(without).some(([name, match]) => required[name] !== undefined && match._covers(required[name]));
}

