import { bothHold, Conditions, conditionsCover, conditionsOverlap, count, excludes, looseness, neitherHolds, own, rendered, sorted } from './conditions';
import * as networking from '../../imports/networking.istio.io';
import { Located } from '../diagnostics/refusal';
import { Labels, labelsKey } from '../values/labels';

/** How a path is compared. Envoy compares prefixes letter by letter: `/foo` takes `/foobar` too. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix' | 'regex';
  readonly value: string;
  readonly ignoreCase?: boolean;
}

/** The pods a request comes from. Compared in the sidecar of the caller, so never true at a gateway. */
export interface CallerMatch {
  readonly labels: Labels;
  readonly namespace: string;
}

/** The parts of an `HttpMatch`, all of which a request has to meet. */
export interface HttpMatchParts {
  readonly path?: PathMatch;
  readonly method?: string;
  readonly headers?: Conditions;
  readonly withoutHeaders?: Conditions;
  readonly queryParams?: Conditions;
  readonly caller?: CallerMatch;
  /** The number of the gateway's port at which it arrived. */
  readonly listener?: number;
}

/** Precedence of the kinds of path, as the Gateway API orders them; Istio's patterns stand between. */
const PATH_RANK = { exact: 0, regex: 1, prefix: 2 };

/** What a match without a path says. */
const EVERY_PATH: PathMatch = { kind: 'prefix', value: '/' };

/** One entry of `match` in a route of a VirtualService, with what can be known about two of them. */
export class HttpMatch {
  public static readonly EVERYTHING = new HttpMatch({});

  public constructor(private readonly parts: HttpMatchParts) {}

  public get caller(): CallerMatch | undefined {
    return this.parts.caller;
  }

  /** Whether only Envoy's HTTP filters can decide it. */
  public get readsHttp(): boolean {
    const { path, method, headers, withoutHeaders, queryParams } = this.parts;
    return path !== undefined || method !== undefined || [headers, withoutHeaders, queryParams].some(c => count(c) > 0);
  }

  /** Whether every request meets it: what Istio moves behind all other routes when it merges VirtualServices. */
  public get isCatchAll(): boolean {
    const { path, caller, listener: _, ...others } = this.parts;
    return caller === undefined && (path === undefined || (path.kind === 'prefix' && path.value === '/')) && !new HttpMatch(others).readsHttp;
  }

  /** Whether it compares the beginning of the path, be it any path. */
  public get isPrefix(): boolean {
    return (this.parts.path ?? EVERY_PATH).kind === 'prefix';
  }

  /** A text that is the same for two matches if and only if they say the same. */
  public get key(): string {
    return JSON.stringify({ ...this.toIstio(), namespace: this.parts.caller?.namespace, labels: labelsKey(this.parts.caller?.labels ?? {}) });
  }

  public toIstio(): networking.VirtualServiceSpecHttpMatch {
    const { path, method, headers, withoutHeaders, queryParams, caller, listener } = this.parts;
    return {
      uri: path && { [path.kind]: path.value },
      ignoreUriCase: path?.ignoreCase || undefined,
      method: method === undefined ? undefined : { exact: method },
      headers: rendered(headers),
      withoutHeaders: rendered(withoutHeaders),
      queryParams: rendered(queryParams),
      sourceLabels: caller && sorted(caller.labels),
      sourceNamespace: caller?.namespace,
      port: listener,
    };
  }

  /** Both matches at once, or nothing where no request can meet both. Istio has room for one condition a header. */
  public and(other: HttpMatch, at: Located | string): HttpMatch | undefined {
    if (!this.overlaps(other)) {
      return undefined;
    }
    const a = this.parts;
    const b = other.parts;
    return new HttpMatch({
      path: a.path ?? b.path,
      method: a.method ?? b.method,
      headers: bothHold(a.headers, b.headers, at),
      withoutHeaders: neitherHolds(a.withoutHeaders, b.withoutHeaders, at),
      queryParams: bothHold(a.queryParams, b.queryParams, at),
      caller: a.caller ?? b.caller,
      listener: a.listener ?? b.listener,
    });
  }

  /** Whether every request that meets `other` meets this one as well. Says no where it cannot be known. */
  public covers(other: HttpMatch): boolean {
    const a = this.parts;
    const b = other.parts;
    return pathCovers(a.path, b.path)
      && (a.method === undefined || a.method === b.method)
      && (a.listener === undefined || a.listener === b.listener)
      && conditionsCover(a.headers, b.headers)
      && conditionsCover(a.queryParams, b.queryParams)
      && Object.entries(a.withoutHeaders ?? {}).every(([name, match]) => own(b.withoutHeaders, name)?._covers(match))
      && callerCovers(a.caller, b.caller);
  }

  /** Whether some request may meet both. Says yes where it cannot be known. */
  public overlaps(other: HttpMatch): boolean {
    const a = this.parts;
    const b = other.parts;
    return pathsOverlap(a.path, b.path)
      && (a.method === undefined || b.method === undefined || a.method === b.method)
      && (a.listener === undefined || b.listener === undefined || a.listener === b.listener)
      && conditionsOverlap(a.headers, b.headers)
      && conditionsOverlap(a.queryParams, b.queryParams)
      && !excludes(a.withoutHeaders, b.headers) && !excludes(b.withoutHeaders, a.headers);
  }

  /**
   * Which of two matches has to be asked first: negative if it is this one. The Gateway API's order - exact paths, longer
   * prefixes, methods, more headers, more query parameters - and then a fixed one, so that it never depends on who came first.
   *
   * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
   */
  public compare(other: HttpMatch): number {
    const a = this.rank();
    const b = other.rank();
    const difference = a.map((rank, i) => rank - b[i]).find(d => d !== 0);
    return difference ?? (this.key < other.key ? -1 : this.key > other.key ? 1 : 0);
  }

  private rank(): number[] {
    const { method, headers, withoutHeaders, queryParams, listener } = this.parts;
    const path = plain(this.parts.path ?? EVERY_PATH);
    return [
      PATH_RANK[path.kind],
      path.kind === 'exact' ? 0 : -path.value.length,
      ignoresCase(path) ? 1 : 0,
      method === undefined ? 1 : 0,
      -count(headers) - count(withoutHeaders),
      -count(queryParams),
      looseness(headers) + looseness(queryParams) - looseness(withoutHeaders),
      listener ?? 65536,
    ];
  }
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
  const [a, b] = [plain(one), plain(other)];
  if (a === undefined || (a.kind === 'prefix' && a.value === '/')) {
    return true;
  }
  if (b === undefined || (ignoresCase(b) && !ignoresCase(a))) {
    return false;
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

function callerCovers(a?: CallerMatch, b?: CallerMatch): boolean {
  return a === undefined
    || (b !== undefined && a.namespace === b.namespace && Object.entries(a.labels).every(([key, value]) => b.labels[key] === value));
}
