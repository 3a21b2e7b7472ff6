import { bothHold, Conditions, conditionsCover, conditionsOverlap, count, excludes, headersOverlap, looseness, neitherHolds, own, rendered, sorted } from './conditions';
import { takesAllBelow } from './path-pattern';
import * as networking from '../../../imports/networking.istio.io';
import { Located } from '../../diagnostics/refusal';
import { covers } from '../../values/host';
import { Labels, labelsKey } from '../../values/labels';
import { matchesPattern, StringMatch } from '../../values/string-match';

/** How a path is compared. Envoy compares prefixes letter by letter: `/foo` takes `/foobar` too. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix' | 'regex';
  readonly value: string;
  readonly ignoreCase?: boolean;
}

/** The pods a request comes from. Compared in the sidecar of the caller, so never true at a gateway. */
export interface CallerMatch {
  readonly labels: Labels;
  /** Any namespace where not said. */
  readonly namespace?: string;
}

/** The parts of an `HttpMatch`, all of which a request has to meet. */
export interface HttpMatchParts {
  readonly path?: PathMatch;
  readonly method?: StringMatch;
  readonly scheme?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Conditions;
  readonly withoutHeaders?: Conditions;
  readonly queryParams?: Conditions;
  readonly caller?: CallerMatch;
  /** The number of the gateway's port at which it arrived. */
  readonly gatewayPort?: number;
  /** What the match is called in access logs. No condition. */
  readonly name?: string;
  /** What Envoy's statistics for it begin with. No condition. */
  readonly statPrefix?: string;
}

/** Precedence of the kinds of path, as the Gateway API orders them; Istio's patterns stand between. */
const PATH_RANK = { exact: 0, regex: 1, prefix: 2 };

/** What a match without a path says. */
const EVERY_PATH: PathMatch = { kind: 'prefix', value: '/' };

/** One entry of `match` in a route of a VirtualService, with what can be known about two of them. */
export class HttpMatch {
  public static readonly EVERYTHING = new HttpMatch({});

  /** Made once: every route of a host is compared with every other. */
  private place?: { readonly key: string; readonly rank: number[] };

  public constructor(private readonly parts: HttpMatchParts) {}

  public get caller(): CallerMatch | undefined {
    return this.parts.caller;
  }

  /** Whether only Envoy's HTTP filters can decide it. */
  public get readsHttp(): boolean {
    const { path, headers, withoutHeaders, queryParams } = this.parts;
    return path !== undefined || [attributes(this.parts), headers, withoutHeaders, queryParams].some(c => count(c) > 0);
  }

  /** How the path has to be, where that is said. */
  public get path(): PathMatch | undefined {
    return this.parts.path;
  }

  /** Whether access logs or statistics call it by a name. */
  public get isNamed(): boolean {
    return this.parts.name !== undefined || this.parts.statPrefix !== undefined;
  }

  /** Whether a request for one of the hosts that a pattern stands for can meet it, as far as can be known. */
  public isFor(host: string): boolean {
    const { authority } = this.parts;
    return authority?._kind !== 'exact' || covers(host, authority._value.replace(/:\d+$/, ''));
  }

  /** Whether every request meets it: what Istio moves behind all other routes when it merges VirtualServices. */
  public get isCatchAll(): boolean {
    const { path, caller, gatewayPort: _, ...others } = this.parts;
    return caller === undefined && (path === undefined || (path.kind === 'prefix' && path.value === '/')) && !new HttpMatch(others).readsHttp;
  }

  /** Whether it compares the beginning of the path, be it any path. */
  public get isPrefix(): boolean {
    return (this.parts.path ?? EVERY_PATH).kind === 'prefix';
  }

  /** A text that is the same for two matches if and only if they say the same. */
  public get key(): string {
    return this.placed.key;
  }

  private get placed() {
    return this.place ??= { key: this.text(), rank: this.rank() };
  }

  private text(): string {
    return JSON.stringify({ ...this.conditions(), namespace: this.parts.caller?.namespace, labels: labelsKey(this.parts.caller?.labels ?? {}) });
  }

  /** The same for paths that go on with a slash behind the beginning that is compared. */
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

  /** Both matches at once, or nothing where no request with one value of each header can meet both. Istio has room for one condition a header. */
  public and(other: HttpMatch, at: Located | string): HttpMatch | undefined {
    if (!this.overlaps(other) || !conditionsOverlap(this.parts.headers, other.parts.headers)) {
      return undefined;
    }
    const a = this.parts;
    const b = other.parts;
    return new HttpMatch({
      path: a.path ?? b.path,
      ...bothHold(attributes(a), attributes(b), at),
      headers: bothHold(a.headers, b.headers, at),
      withoutHeaders: neitherHolds(a.withoutHeaders, b.withoutHeaders, at),
      queryParams: bothHold(a.queryParams, b.queryParams, at),
      caller: a.caller && b.caller
        ? { namespace: a.caller.namespace ?? b.caller.namespace, labels: { ...a.caller.labels, ...b.caller.labels } }
        : a.caller ?? b.caller,
      gatewayPort: a.gatewayPort ?? b.gatewayPort,
      name: a.name ?? b.name,
      statPrefix: a.statPrefix ?? b.statPrefix,
    });
  }

  /** Whether every request that meets `other` meets this one as well. Says no where it cannot be known. */
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

  /** Whether some request may meet both, with several lines of one header, too. Says yes where it cannot be known. */
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
   * Which of two matches has to be asked first: negative if it is this one. The Gateway API's order - exact paths, longer
   * prefixes, methods, more headers, more query parameters - and then a fixed one, so that it never depends on who came first.
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

/** The conditions on what HTTP/2 has pseudo-headers for, besides the path. */
function attributes({ method, scheme, authority }: HttpMatchParts): Conditions {
  return Object.fromEntries(Object.entries({ method, scheme, authority }).filter((entry): entry is [string, StringMatch] => entry[1] !== undefined));
}

/** Whether capitals make a difference that is to be ignored: patterns never ignore them, and a slash has none. */
function ignoresCase({ kind, value, ignoreCase = false }: PathMatch): boolean {
  return ignoreCase && kind !== 'regex' && value.toLowerCase() !== value.toUpperCase();
}

/** What a pattern that only says how a path begins is as a prefix: `/.*` is every path. */
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

/** Whether every pod that the second means is meant by the first. */
export function callerCovers(a?: CallerMatch, b?: CallerMatch): boolean {
  return a === undefined
    || (b !== undefined && (a.namespace === undefined || a.namespace === b.namespace)
      && Object.entries(a.labels).every(([key, value]) => b.labels[key] === value));
}

/** A pod has one namespace, and one value of a label. */
function callersOverlap(a?: CallerMatch, b?: CallerMatch): boolean {
  return a === undefined || b === undefined
    || ((a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace)
      && Object.entries(a.labels).every(([key, value]) => (b.labels[key] ?? value) === value));
}
