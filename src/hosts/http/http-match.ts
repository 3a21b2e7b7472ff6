import { bothHold, comparedConditions, Conditions, conditionsCover, conditionsOverlap, count, excludes, headersOverlap, looseness, neitherHolds, own, rendered, sorted } from './conditions';
import { takesAllBelow } from './path-pattern';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { covers } from '../../values/host';
import { Labels, labelsKey } from '../../values/labels';
import { matchesPattern, StringMatch } from '../../values/string-match';

/** A condition on the path. Envoy compares prefixes character by character: `/foo` matches `/foobar` too. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix' | 'regex';
  readonly value: string;
  readonly ignoreCase?: boolean;
}

/** A condition on the calling pods. The caller's sidecar evaluates it, so it never holds at a gateway. */
export interface CallerMatch {
  readonly labels: Labels;
  /** Undefined for any namespace. */
  readonly namespace?: string;
}

/** The parts of an `HttpMatch`. A request must meet all of them. */
export interface HttpMatchParts {
  readonly path?: PathMatch;
  readonly method?: StringMatch;
  readonly scheme?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Conditions;
  readonly withoutHeaders?: Conditions;
  readonly queryParams?: Conditions;
  readonly caller?: CallerMatch;
  /** The number of the gateway's port at which the request arrives. */
  readonly gatewayPort?: number;
  /** The name of the match in access logs. Not a condition. */
  readonly name?: string;
  /** The prefix of Envoy's statistics for the match. Not a condition. */
  readonly statPrefix?: string;
}

/** The order of path kinds: that of the Gateway API, with Istio's regular expressions in between. */
const PATH_RANK = { exact: 0, regex: 1, prefix: 2 };

/** The path condition of a match without a path. */
const EVERY_PATH: PathMatch = { kind: 'prefix', value: '/' };

/** Two matches combined. There is no match if no request can meet both, or if there are problems. */
export interface CombinedMatch {
  readonly match?: HttpMatch;
  readonly problems: MeshError[];
}

/** One entry of `match` in a route of a VirtualService. Matches can be compared: order, coverage, overlap. */
export class HttpMatch {
  public static readonly EVERYTHING = new HttpMatch({});

  /** Cached, because every route of a host is compared with every other. */
  private place?: { readonly key: string; readonly rank: number[] };
  private hiding?: string;

  public constructor(private readonly parts: HttpMatchParts) {}

  public get caller(): CallerMatch | undefined {
    return this.parts.caller;
  }

  /** Whether the match reads HTTP attributes, which only Envoy's HTTP filters know. */
  public get readsHttp(): boolean {
    const { path, headers, withoutHeaders, queryParams } = this.parts;
    return path !== undefined || [attributes(this.parts), headers, withoutHeaders, queryParams].some(c => count(c) > 0);
  }

  /** The condition on the path, if there is one. */
  public get path(): PathMatch | undefined {
    return this.parts.path;
  }

  /** The port of the gateway at which requests arrive, if the match is for one port. */
  public get gatewayPort(): number | undefined {
    return this.parts.gatewayPort;
  }

  /** Whether the match has a condition on a header. */
  public readsHeader(name: string): boolean {
    const { headers, withoutHeaders } = this.parts;
    return own(headers, name) !== undefined || own(withoutHeaders, name) !== undefined;
  }

  /** Whether the match has a name in access logs or statistics. */
  public get isNamed(): boolean {
    return this.parts.name !== undefined || this.parts.statPrefix !== undefined;
  }

  /** Whether a request for one of the hosts that `host` covers can meet the match. True where that is not decidable. */
  public isFor(host: string): boolean {
    const { authority } = this.parts;
    return authority?._kind !== 'exact' || covers(host, authority._value.replace(/:\d+$/, ''));
  }

  /** Whether every request meets the match. Istio moves such routes behind all others when it merges VirtualServices. */
  public get isCatchAll(): boolean {
    const { path, caller, gatewayPort: _, ...others } = this.parts;
    return caller === undefined && (path === undefined || (path.kind === 'prefix' && path.value === '/')) && !new HttpMatch(others).readsHttp;
  }

  /** Whether the match compares a prefix of the path, including `/`. */
  public get isPrefix(): boolean {
    return (this.parts.path ?? EVERY_PATH).kind === 'prefix';
  }

  /** A key that is equal for two matches exactly if their conditions are equal. */
  public get key(): string {
    return this.placed.key;
  }

  /** The path condition as matches are compared: a regular expression for a plain prefix is that prefix. */
  public get comparedPath(): PathMatch {
    return plain(this.parts.path ?? EVERY_PATH);
  }

  /** A key that two matches of one kind of path share if one of them comes first and covers the other. */
  public get hidingKey(): string {
    return this.hiding ??= this.hidingText();
  }

  private hidingText(): string {
    const { headers, withoutHeaders, queryParams, gatewayPort } = this.parts;
    const { kind, value } = this.comparedPath;
    const conditions = [attributes(this.parts), headers, withoutHeaders, queryParams].map(comparedConditions);
    return JSON.stringify([kind, kind === 'regex' ? value : value.toLowerCase(), conditions, gatewayPort]);
  }

  private get placed() {
    return this.place ??= { key: this.text(), rank: this.rank() };
  }

  private text(): string {
    return JSON.stringify({ ...this.conditions(), namespace: this.parts.caller?.namespace, labels: labelsKey(this.parts.caller?.labels ?? {}) });
  }

  /** The same match, restricted to paths that continue with a slash after the prefix. */
  public get below(): HttpMatch {
    const { path = EVERY_PATH } = this.parts;
    return new HttpMatch({ ...this.parts, path: { ...path, value: path.value.replace(/\/?$/, '/') } });
  }

  public toIstio(): networking.VirtualServiceSpecHttpMatch {
    return { ...this.conditions(), name: this.parts.name, statPrefix: this.parts.statPrefix };
  }

  private conditions(): networking.VirtualServiceSpecHttpMatch {
    const { path, method, scheme, authority, headers, withoutHeaders, queryParams, caller, gatewayPort } = this.parts;
    return {
      uri: path && { [path.kind]: path.value },
      ignoreUriCase: path?.ignoreCase || undefined,
      method: method?._toIstio(),
      scheme: scheme?._toIstio(),
      authority: authority?._toIstio(),
      headers: rendered(headers),
      withoutHeaders: rendered(withoutHeaders),
      queryParams: rendered(queryParams),
      sourceLabels: caller && Object.keys(caller.labels).length > 0 ? sorted(caller.labels) : undefined,
      sourceNamespace: caller?.namespace,
      port: gatewayPort,
    };
  }

  /** Both matches combined, as `combine` has it. Refuses conditions that Istio cannot combine. */
  public and(other: HttpMatch, at: Located | string): HttpMatch | undefined {
    const { match, problems } = this.combine(other, at);
    if (problems.length > 0) {
      throw problems[0];
    }
    return match;
  }

  /**
   * Both matches combined. There is no match if no request with one value for each header can meet both, or if there are problems: Istio takes
   * one condition for each header.
   */
  public combine(other: HttpMatch, at: Located | string): CombinedMatch {
    if (this === HttpMatch.EVERYTHING || other === HttpMatch.EVERYTHING) {
      return { match: this === HttpMatch.EVERYTHING ? other : this, problems: [] };
    }
    if (!this.overlaps(other) || !conditionsOverlap(this.parts.headers, other.parts.headers)) {
      return { problems: [] };
    }
    const a = this.parts;
    const b = other.parts;
    const attributesOfBoth = bothHold(attributes(a), attributes(b), at);
    const headers = bothHold(a.headers, b.headers, at);
    const withoutHeaders = neitherHolds(a.withoutHeaders, b.withoutHeaders, at);
    const queryParams = bothHold(a.queryParams, b.queryParams, at);
    const problems = [attributesOfBoth, headers, withoutHeaders, queryParams].flatMap(combined => combined.problems);
    return problems.length > 0 ? { problems } : {
      match: new HttpMatch({
        path: a.path ?? b.path,
        ...attributesOfBoth.conditions,
        headers: headers.conditions,
        withoutHeaders: withoutHeaders.conditions,
        queryParams: queryParams.conditions,
        caller: a.caller && b.caller
          ? { namespace: a.caller.namespace ?? b.caller.namespace, labels: { ...a.caller.labels, ...b.caller.labels } }
          : a.caller ?? b.caller,
        gatewayPort: a.gatewayPort ?? b.gatewayPort,
        name: a.name ?? b.name,
        statPrefix: a.statPrefix ?? b.statPrefix,
      }),
      problems,
    };
  }

  /** Whether every request that meets `other` meets this match too. False where that is not decidable. */
  public covers(other: HttpMatch): boolean {
    const a = this.parts;
    const b = other.parts;
    return pathCovers(a.path, b.path)
      && conditionsCover(attributes(a), attributes(b))
      && (a.gatewayPort === undefined || a.gatewayPort === b.gatewayPort)
      && conditionsCover(a.headers, b.headers)
      && conditionsCover(a.queryParams, b.queryParams)
      && Object.entries(a.withoutHeaders ?? {}).every(([name, match]) => own(b.withoutHeaders, name)?._covers(match))
      && callerCovers(a.caller, b.caller);
  }

  /** Whether a request can meet both matches, also if it repeats headers. True where that is not decidable. */
  public overlaps(other: HttpMatch): boolean {
    const a = this.parts;
    const b = other.parts;
    return pathsOverlap(a.path, b.path)
      && conditionsOverlap(attributes(a), attributes(b))
      && (a.gatewayPort === undefined || b.gatewayPort === undefined || a.gatewayPort === b.gatewayPort)
      && headersOverlap(a.headers, b.headers)
      && conditionsOverlap(a.queryParams, b.queryParams)
      && !excludes(a.withoutHeaders, b.headers) && !excludes(b.withoutHeaders, a.headers)
      && callersOverlap(a.caller, b.caller);
  }

  /**
   * Orders two matches by specificity: negative if this match comes first. The order is that of the Gateway API - exact paths, longer
   * prefixes, methods, more headers, more query parameters - and then a fixed one, so that it never depends on the order of construction.
   *
   * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
   */
  public compare(other: HttpMatch): number {
    const a = this.placed.rank;
    const b = other.placed.rank;
    const first = a.findIndex((rank, i) => rank !== b[i]);
    return first >= 0 ? a[first] - b[first] : (this.key < other.key ? -1 : this.key > other.key ? 1 : 0);
  }

  private rank(): number[] {
    const { method, headers, withoutHeaders, queryParams, gatewayPort } = this.parts;
    const others = attributes(this.parts);
    const path = plain(this.parts.path ?? EVERY_PATH);
    return [
      PATH_RANK[path.kind],
      path.kind === 'exact' ? 0 : -path.value.length,
      ignoresCase(path) ? 1 : 0,
      method === undefined ? 1 : 0,
      -count(others),
      -count(headers) - count(withoutHeaders),
      -count(queryParams),
      looseness(others) + looseness(headers) + looseness(queryParams) - looseness(withoutHeaders),
      gatewayPort ?? 65536,
    ];
  }
}

/** The conditions on the pseudo-headers of HTTP/2 other than the path. */
function attributes({ method, scheme, authority }: HttpMatchParts): Conditions {
  return Object.fromEntries(Object.entries({ method, scheme, authority }).filter((entry): entry is [string, StringMatch] => entry[1] !== undefined));
}

/** Whether the comparison ignores case. Istio never ignores case in regular expressions, and for texts without letters it makes no difference. */
function ignoresCase({ kind, value, ignoreCase = false }: PathMatch): boolean {
  return ignoreCase && kind !== 'regex' && value.toLowerCase() !== value.toUpperCase();
}

/** Turns a regular expression for a plain prefix into that prefix: `/.*` is every path. */
function plain(path: PathMatch): PathMatch;
function plain(path?: PathMatch): PathMatch | undefined;
function plain(path?: PathMatch): PathMatch | undefined {
  const literal = path?.kind === 'regex' ? /^\^?(\/?[A-Za-z0-9_/-]*)\.\*\$?$/.exec(path.value) : null;
  return literal ? { kind: 'prefix', value: literal[1] || '/' } : path;
}

function pathCovers(one?: PathMatch, other?: PathMatch): boolean {
  const [a, b] = [plain(one), plain(other ?? EVERY_PATH)];
  if (a === undefined || (a.kind === 'prefix' && a.value === '/')) {
    return true;
  }
  if (ignoresCase(b) && !ignoresCase(a)) {
    return false;
  }
  if (a.kind === 'regex' && b.kind !== 'regex') {
    return b.kind === 'exact' ? matchesPattern(a.value, b.value) : takesAllBelow(a.value, b.value);
  }
  if (a.kind === 'prefix') {
    return b.kind !== 'regex' && folded(b, a).startsWith(folded(a, a));
  }
  return a.kind === b.kind && folded(a, a) === folded(b, a);
}

function folded(path: PathMatch, by: PathMatch): string {
  return ignoresCase(by) && path.kind !== 'regex' ? path.value.toLowerCase() : path.value;
}

function pathsOverlap(one?: PathMatch, other?: PathMatch): boolean {
  const [a, b] = [plain(one), plain(other)];
  if (a === undefined || b === undefined || a.kind === 'regex' || b.kind === 'regex') {
    return true;
  }
  const [x, y] = a.ignoreCase || b.ignoreCase ? [a.value.toLowerCase(), b.value.toLowerCase()] : [a.value, b.value];
  return x === y || (a.kind === 'prefix' && y.startsWith(x)) || (b.kind === 'prefix' && x.startsWith(y));
}

/** Whether every pod that the second condition matches is matched by the first. */
export function callerCovers(a?: CallerMatch, b?: CallerMatch): boolean {
  return a === undefined
    || (b !== undefined && (a.namespace === undefined || a.namespace === b.namespace)
      && Object.entries(a.labels).every(([key, value]) => b.labels[key] === value));
}

/** Whether a pod can match both conditions. A pod has one namespace and one value for each label. */
function callersOverlap(a?: CallerMatch, b?: CallerMatch): boolean {
  return a === undefined || b === undefined
    || ((a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace)
      && Object.entries(a.labels).every(([key, value]) => (b.labels[key] ?? value) === value));
}
