import { renderCors } from './cors-policy';
import { renderFault } from './fault';
import { renderHeaders } from './header-operations';
import { HttpMatch } from './http-match';
import { HttpRewrite } from './http-rewrite';
import { RequestSettings } from './request-settings';
import * as networking from '../../../imports/networking.istio.io';
import { Code } from '../../diagnostics/catalogue';
import { MeshError } from '../../diagnostics/mesh-error';
import { needsIstio } from '../../kernel/needs-istio';
import { istioDuration } from '../../values/istio-duration';
import { loggedName } from '../../values/logged-name';
import { isDnsName } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';
import { Destination, RouteAction } from '../route-action';
import { RouteBackend, RouteToTarget } from '../route-backend';

/** What settings need to know of the end of their route. */
export type BackendSettings = Partial<RouteBackend>;

/** The settings of one route, checked, and spelled as Istio spells them for each of the entries that the route becomes. */
export class RouteSettings {
  /** What an answer takes as well. */
  private readonly always: Partial<networking.VirtualServiceSpecHttp>;
  /** What only a request takes that somebody receives. */
  private readonly onTheWay: Partial<networking.VirtualServiceSpecHttp>;

  public constructor(public readonly settings: RequestSettings, private readonly route: RouteToTarget, end: BackendSettings) {
    const { source } = route;
    const { name, headers, timeout, retries, corsPolicy, fault } = settings;
    this.checkAnswer(end);
    this.checkRewrite(settings.rewrite, end);
    this.checkTries();
    this.checkRelease();
    if (fault?.abort?._abort.grpcStatus !== undefined && route.speaks !== MeshProtocol.GRPC) {
      throw new MeshError('IM1339', source, { problem: 'a client that speaks plain HTTP would read the status 200', got: fault.abort._abort.grpcStatus, next: 'use FaultAbort.httpStatus(), or a route of gRPC' });
    }
    const operations = renderHeaders(headers, source);
    this.always = {
      name: name === undefined ? undefined : loggedName(name, source, 'the name of the route'),
      headers: operations?.response && { response: operations.response },
    };
    this.onTheWay = {
      headers: operations,
      timeout: timeout && istioDuration(timeout, source),
      retries: retries?._toIstio,
      corsPolicy: corsPolicy && renderCors(corsPolicy, source),
      fault: fault && renderFault(fault, source),
    };
  }

  /** Refuses at once mirrors that cannot be led where they should, and tells the route who gets copies. */
  public bind(): void {
    this.settings.mirrors?.bind();
  }

  /** The action with these settings, for requests that meet a match. Only asked when all constructs have spoken. */
  public on(match: HttpMatch, action: RouteAction): RouteAction {
    if (!action.destinations && !action.delegate) {
      return { ...action, settings: this.always };
    }
    const { path } = this.settings.rewrite ?? {};
    const { authority, destinations } = told(action.destinations, this.settings.rewrite?.authority);
    return {
      ...action,
      ...destinations && { destinations },
      settings: {
        ...this.always,
        rewrite: path || authority !== undefined ? { ...path?._toIstio(match.path), authority } : undefined,
        ...this.onTheWay,
        mirrors: this.settings.mirrors?.render(),
      },
    };
  }

  /** The settings of a route to an answer are for requests that nobody receives; of CORS Envoy says nothing there. */
  private checkAnswer(end: BackendSettings): void {
    const { name: _, headers, ...others } = this.settings;
    const idle = [
      ...Object.entries(others).filter(([, value]) => value !== undefined).map(([key]) => key),
      ...headers?.request ? ['headers.request'] : [],
    ];
    if (end.answers && idle.length > 0) {
      this.refuse('IM1337', 'a redirect and an answer are given at once, without these settings', idle.sort(), 'name, headers.response');
    }
  }

  private checkRewrite(rewrite: HttpRewrite | undefined, end: BackendSettings): void {
    if (!rewrite) {
      return;
    }
    const { path, authority } = rewrite;
    if (!path && authority === undefined) {
      this.refuse('IM1331', 'the rewrite changes nothing', rewrite, 'a path, an authority, or both');
    }
    if (path && end.delegates) {
      throw new MeshError('IM1331', this.route.source, {
        problem: 'the path would be rewritten by the matches of the delegated routes: of an exact one, all of it', next: 'rewrite the path where it is matched, in the delegated routes',
      });
    }
    if (path && this.route.speaks === MeshProtocol.GRPC) {
      throw new MeshError('IM1331', this.route.source, {
        problem: 'the path of a gRPC call names its service and method', next: 'drop the path, or write the route as one of HTTP',
      });
    }
    if (authority !== undefined && !/^[^:]+(:[1-9]\d{0,4})?$/.test(authority) || (authority !== undefined && !isDnsName(authority.replace(/:\d+$/, '')))) {
      this.refuse('IM1331', 'the authority is no host', authority, 'a DNS name, with a colon and a port where needed');
    }
  }

  private checkTries(): void {
    const { timeout, retries } = this.settings;
    if (this.route.speaks === MeshProtocol.GRPC && retries?._missesSlowCalls) {
      throw new MeshError('IM1334', this.route.source, {
        problem: 'the sidecar of the service is told `perTryTimeout` as well, and ends many a slow call with DEADLINE_EXCEEDED, which no condition is for',
        got: retries._toIstio.retryOn,
        next: 'add RetryOn.DEADLINE_EXCEEDED',
      });
    }
    const longest = retries?._longest;
    if (timeout && longest !== undefined && longest > timeout.toMilliseconds({ integral: false })) {
      this.refuse('IM1333', `the request and its ${retries!._toIstio.attempts} retries can take ${longest}ms, and the timeout is ${istioDuration(timeout, this.route.source)}`,
        { timeout: istioDuration(timeout, this.route.source), ...retries!._toIstio }, `a timeout of ${longest}ms or more`);
    }
  }

  /** Fields of later releases, which the API server would drop silently. */
  private checkRelease(): void {
    const needs: [boolean, IstioRelease, string][] = [
      [this.settings.retries?._isNew ?? false, IstioRelease.V1_26, '`backoff` and `retryIgnorePreviousHosts` of retries'],
      [this.settings.corsPolicy?.unmatchedPreflights !== undefined, IstioRelease.V1_23, '`unmatchedPreflights`'],
    ];
    for (const [, release, what] of needs.filter(([used]) => used)) {
      needsIstio(this.route.source, release, what);
    }
  }

  private refuse(code: Code, problem: string, got: unknown, allowed: string): never {
    throw new MeshError(code, this.route.source, { problem, got, allowed });
  }
}

/** Which host is told: that of the route, else that of an outside host. Where shares differ, each says its own. */
function told(destinations: Destination[] | undefined, said: string | undefined): { authority?: string; destinations?: Destination[] } {
  const first = destinations?.[0]?.authority;
  if (said !== undefined || destinations === undefined || destinations.every(({ authority }) => authority === first)) {
    return { authority: said ?? first, destinations: destinations?.map(({ authority: _, ...destination }) => destination) };
  }
  return {
    destinations: destinations.map(({ authority, ...destination }) => {
      const { request, response } = destination.headers ?? {};
      const set = { ':authority': authority!, ...request?.set };
      return authority === undefined ? destination : { ...destination, headers: { request: { ...request, set }, response } };
    }),
  };
}
