import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { StringMatch } from '../../values/string-match';

/** Conditions on headers or query parameters, by name. A request must meet all of them. */
export type Conditions = { readonly [name: string]: StringMatch };

/** The condition on a name, if there is one. Only own properties count: a header may be called `constructor`, which every object inherits. */
export function own(conditions: Conditions = {}, name: string): StringMatch | undefined {
  return Object.keys(conditions).includes(name) ? conditions[name] : undefined;
}

export function count(conditions: Conditions = {}): number {
  return Object.keys(conditions).length;
}

/** The longest prefix that `looseness` measures. */
const LONGEST = 900;

/** A number that is larger the more values the conditions accept. Among matches with equally many conditions, narrower ones come first. */
export function looseness(conditions: Conditions = {}): number {
  const rank = { exact: 0, regex: 1, prefix: 2, present: 1000 };
  return Object.values(conditions).reduce((sum, c) => sum + rank[c._kind] - (c._kind === 'prefix' ? Math.min(c._value.length, LONGEST) / 1000 : 0), 0);
}

/** The conditions as texts, sorted. Equally loose conditions of which one set covers the other have equal texts. */
export function comparedConditions(conditions: Conditions = {}): string[][] {
  return Object.keys(conditions).sort().map(name => [name, conditions[name]._kind, conditions[name]._value.slice(0, LONGEST)]);
}

export function rendered(conditions: Conditions = {}): { [name: string]: { [kind: string]: string } } | undefined {
  return count(conditions) === 0 ? undefined : sorted(Object.fromEntries(Object.entries(conditions).map(([name, c]) => [name, c._toIstio()])));
}

export function sorted<T>(map: { readonly [key: string]: T }): { [key: string]: T } {
  return Object.fromEntries(Object.keys(map).sort().map(key => [key, map[key]]));
}

/** Two sets of conditions combined. Conditions that cannot be combined are problems. */
export interface CombinedConditions {
  readonly conditions: Conditions;
  readonly problems: MeshError[];
}

/** Combines two sets of conditions that must all hold. Of two conditions on one name, the narrower one stays. */
export function bothHold(a: Conditions = {}, b: Conditions = {}, at: Located | string): CombinedConditions {
  return merged(a, b, at, (x, y) => (x._covers(y) ? y : y._covers(x) ? x : undefined));
}

/** Combines two sets of conditions of which none may hold. Of two conditions on one name, the wider one stays. */
export function neitherHolds(a: Conditions = {}, b: Conditions = {}, at: Located | string): CombinedConditions {
  return merged(a, b, at, (x, y) => (x._covers(y) ? x : y._covers(x) ? y : undefined));
}

function merged(
  a: Conditions, b: Conditions, at: Located | string, choose: (x: StringMatch, y: StringMatch) => StringMatch | undefined,
): CombinedConditions {
  const conditions: { [name: string]: StringMatch } = { ...a, ...b };
  const problems: MeshError[] = [];
  for (const name of Object.keys(a).filter(key => own(b, key))) {
    const chosen = choose(a[name], b[name]);
    if (chosen) {
      conditions[name] = chosen;
    } else {
      problems.push(new MeshError('IM1309', at, {
        problem: `two conditions on ${name} must both hold, and Istio takes one condition for each name`,
        found: `${JSON.stringify(a[name]._toIstio())} and ${JSON.stringify(b[name]._toIstio())}`,
      }));
    }
  }
  return { conditions, problems };
}

export function conditionsCover(a: Conditions = {}, b: Conditions = {}): boolean {
  return Object.entries(a).every(([name, match]) => {
    const other = own(b, name);
    return other !== undefined && match._covers(other);
  });
}

/** Whether a request can meet both, if each name has one value. True where that is not decidable. */
export function conditionsOverlap(a: Conditions = {}, b: Conditions = {}): boolean {
  return Object.entries(a).every(([name, match]) => {
    const other = own(b, name);
    return other === undefined || [match, other].some(m => m._kind === 'regex') || match._covers(other) || other._covers(match);
  });
}

/** Headers that Envoy joins to one value before it matches routes, even if a request repeats them. */
const JOINED = ['accept', 'content-type', 'referer', 'user-agent'];

/** Like `conditionsOverlap`, for headers: a request may repeat a header, and Envoy compares each line, so two conditions can match different lines. */
export function headersOverlap(a: Conditions = {}, b: Conditions = {}): boolean {
  const joined = (conditions: Conditions) => Object.fromEntries(Object.entries(conditions).filter(([name]) => JOINED.includes(name)));
  return conditionsOverlap(joined(a), joined(b));
}

export function excludes(without: Conditions = {}, required: Conditions = {}): boolean {
  return Object.entries(without).some(([name, match]) => {
    const other = own(required, name);
    return other !== undefined && match._covers(other);
  });
}

