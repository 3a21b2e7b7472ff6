import * as networking from '../../../imports/networking.istio.io';
import { Code } from '../../diagnostics/catalogue';
import { MeshError } from '../../diagnostics/mesh-error';
import { needsIstio } from '../../kernel/needs-istio';
import { istioDuration } from '../../values/istio-duration';
import { loggedName } from '../../values/logged-name';
import { isDnsName } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';
import { renderCors } from '../http/cors-policy';
import { renderFault } from '../http/fault';
import { renderHeaders } from '../http/header-operations';
import { HttpMatch } from '../http/http-match';
import { HttpRewrite } from '../http/http-rewrite';
import { RequestSettings } from '../http/request-settings';
import { Destination, RouteAction } from '../model/route-action';
import { RouteBackend, RouteToTarget } from '../model/route-backend';

/** The attributes of the route's backend that settings depend on. */
export type BackendSettings = Partial<RouteBackend>;

/** The settings of one route: checks them, and renders them for each HTTPRoute entry that the route becomes. */
export class RouteSettings {
  /** The settings that also apply to direct responses. */
  private readonly always: Partial<networking.VirtualServiceSpecHttp>;
  /** The settings that apply to forwarded requests only. */
  private readonly forwarded: Partial<networking.VirtualServiceSpecHttp>;

  public constructor(public readonly settings: RequestSettings, private readonly route: RouteToTarget, end: BackendSettings) {
    const { source } = route;
    const { name, headers, timeout, retries, corsPolicy, fault } = settings;
    this.checkAnswer(end);
    this.checkRewrite(settings.rewrite, end);
    this.checkRetries();
    this.checkRelease();
    if (fault?.abort?._abort.grpcStatus !== undefined && route.protocol !== MeshProtocol.GRPC) {
      throw new MeshError('IM1339', source, { problem: 'a client of plain HTTP would read the status 200', got: fault.abort._abort.grpcStatus, next: 'use FaultAbort.httpStatus(), or a gRPC route' });
    }
    const operations = renderHeaders(headers, source);
    this.always = {
      name: name === undefined ? undefined : loggedName(name, source, 'the name of the route'),
      headers: operations?.response && { response: operations.response },
    };
    this.forwarded = {
      headers: operations,
      timeout: timeout && istioDuration(timeout, source),
      retries: retries?._toIstio,
      corsPolicy: corsPolicy && renderCors(corsPolicy, source),
      fault: fault && renderFault(fault, source),
    };
  }

  /** Refuses invalid mirrors at once, and records the calls to them. */
  public bind(): void {
    this.settings.mirrors?.bind();
  }

  /** The action with these settings, for requests that meet a match. Called at synthesis. */
  public on(match: HttpMatch, action: RouteAction): RouteAction {
    if (!action.destinations && !action.delegate) {
      return { ...action, settings: this.always };
    }
    const { path } = this.settings.rewrite ?? {};
    const { authority, destinations } = withAuthority(action.destinations, this.settings.rewrite?.authority);
    return {
      ...action,
      ...destinations && { destinations },
      settings: {
        ...this.always,
        rewrite: path || authority !== undefined ? { ...path?._toIstio(match.path), authority } : undefined,
        ...this.forwarded,
        mirrors: this.settings.mirrors?.render(),
      },
    };
  }

  /** Refuses settings that have no effect on a direct response or redirect. Envoy does not apply CORS there either. */
  private checkAnswer(end: BackendSettings): void {
    const { name: _, headers, ...others } = this.settings;
    const idle = [
      ...Object.entries(others).filter(([, value]) => value !== undefined).map(([key]) => key),
      ...headers?.request ? ['headers.request'] : [],
    ];
    if (end.answers && idle.length > 0) {
      this.refuse('IM1337', 'a redirect or a direct response ignores these settings', idle.sort(), 'name, headers.response');
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
        problem: 'the rewrite would apply to the matches of the delegated routes, and would replace the whole path of an exact match', next: 'rewrite the path in the delegated routes, where it is matched',
      });
    }
    if (path && this.route.protocol === MeshProtocol.GRPC) {
      throw new MeshError('IM1331', this.route.source, {
        problem: 'the path of a gRPC call names its service and method', next: 'leave out the path, or use an HTTP route',
      });
    }
    if (authority !== undefined && !/^[^:]+(:[1-9]\d{0,4})?$/.test(authority) || (authority !== undefined && !isDnsName(authority.replace(/:\d+$/, '')))) {
      this.refuse('IM1331', 'the authority is not a host', authority, 'a DNS name, with an optional port after a colon');
    }
  }

  private checkRetries(): void {
    const { timeout, retries } = this.settings;
    if (this.route.protocol === MeshProtocol.GRPC && retries?._missesSlowCalls) {
      throw new MeshError('IM1334', this.route.source, {
        problem: 'the sidecar of the service also applies `perTryTimeout` and can end a slow call with DEADLINE_EXCEEDED, which no condition covers',
        got: retries._toIstio.retryOn,
        next: 'add RetryOn.DEADLINE_EXCEEDED',
      });
    }
    const longest = retries?._longest;
    if (timeout && longest !== undefined && longest > timeout.toMilliseconds({ integral: false })) {
      this.refuse('IM1333', `the request and its ${retries!._toIstio.attempts} retries can take ${longest}ms, but the timeout is ${istioDuration(timeout, this.route.source)}`,
        { timeout: istioDuration(timeout, this.route.source), ...retries!._toIstio }, `a timeout of ${longest}ms or more`);
    }
  }

  /** Refuses fields of later releases of Istio, which the API server would drop silently. */
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

/** Sets the authority that the destinations receive: that of the route, or that of an outside host. If destinations differ, each sets its own. */
function withAuthority(destinations: Destination[] | undefined, own: string | undefined): { authority?: string; destinations?: Destination[] } {
  const first = destinations?.[0]?.authority;
  if (own !== undefined || destinations === undefined || destinations.every(({ authority }) => authority === first)) {
    return { authority: own ?? first, destinations: destinations?.map(({ authority: _, ...destination }) => destination) };
  }
  return {
    destinations: destinations.map(({ authority, ...destination }) => {
      const { request, response } = destination.headers ?? {};
      const set = { ':authority': authority!, ...request?.set };
      return authority === undefined ? destination : { ...destination, headers: { request: { ...request, set }, response } };
    }),
  };
}
