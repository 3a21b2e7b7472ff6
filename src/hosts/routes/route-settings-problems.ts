import { MeshError } from '../../diagnostics/mesh-error';
import { releaseProblem } from '../../kernel/needs-istio';
import { istioDuration } from '../../values/istio-duration';
import { isDnsName } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';
import { RequestSettings } from '../http/request-settings';
import { RouteBackend, RouteToTarget } from '../model/route-backend';

/** The attributes of the route's backend that settings depend on. */
export type BackendAttributes = Pick<RouteBackend, 'answers' | 'delegates'>;

/** The settings that contradict each other, the route or its backend. The routes of a gateway add the settings of the host that they lead to. */
export function settingsProblems(settings: RequestSettings, route: RouteToTarget, backend: BackendAttributes): MeshError[] {
  return [
    ...answerProblems(settings, route, backend),
    ...rewriteProblems(settings, route, backend),
    ...retryProblems(settings, route),
    ...releaseProblems(settings, route),
    ...faultProblems(settings, route),
  ];
}

/** Settings that have no effect on a direct response or redirect. Envoy does not apply CORS there either. */
function answerProblems({ name: _, headers, ...others }: RequestSettings, { source }: RouteToTarget, { answers }: BackendAttributes): MeshError[] {
  if (!answers) {
    return [];
  }
  const idle = [
    ...Object.entries(others).filter(([, value]) => value !== undefined).map(([key]) => key),
    ...headers?.request ? ['headers.request'] : [],
  ];
  return idle.length > 0
    ? [new MeshError('IM1337', source, { problem: 'a redirect or a direct response ignores these settings', got: idle.sort(), allowed: 'name, headers.response' })]
    : [];
}

function rewriteProblems({ rewrite }: RequestSettings, { source, protocol }: RouteToTarget, { delegates }: BackendAttributes): MeshError[] {
  if (!rewrite) {
    return [];
  }
  const { path, authority } = rewrite;
  const isHost = authority === undefined || (/^[^:]+(:[1-9]\d{0,4})?$/.test(authority) && isDnsName(authority.replace(/:\d+$/, '')));
  return [
    ...path || authority !== undefined ? [] : [
      new MeshError('IM1331', source, { problem: 'the rewrite changes nothing', got: rewrite, allowed: 'a path, an authority, or both' }),
    ],
    ...path && delegates ? [new MeshError('IM1331', source, {
      problem: 'the rewrite would apply to the matches of the delegated routes, and would replace the whole path of an exact match', next: 'rewrite the path in the delegated routes, where it is matched',
    })] : [],
    ...path && protocol === MeshProtocol.GRPC ? [new MeshError('IM1331', source, {
      problem: 'the path of a gRPC call names its service and method', next: 'leave out the path, or use an HTTP route',
    })] : [],
    ...isHost ? [] : [
      new MeshError('IM1331', source, { problem: 'the authority is not a host', got: authority, allowed: 'a DNS name, with an optional port after a colon' }),
    ],
  ];
}

function retryProblems({ timeout, retries }: RequestSettings, { source, protocol }: RouteToTarget): MeshError[] {
  const slow = protocol === MeshProtocol.GRPC && retries?._missesSlowCalls ? [new MeshError('IM1334', source, {
    problem: 'the sidecar of the service also applies `perTryTimeout` and can end a slow call with DEADLINE_EXCEEDED, which no condition covers',
    got: retries._toIstio.retryOn,
    next: 'add RetryOn.DEADLINE_EXCEEDED',
  })] : [];
  const longest = retries?._longest;
  if (!timeout || longest === undefined || longest <= timeout.toMilliseconds({ integral: false })) {
    return slow;
  }
  const limit = istioDuration(timeout, source);
  return [...slow, new MeshError('IM1333', source, {
    problem: `the request and its ${retries!._toIstio.attempts} retries can take ${longest}ms, but the timeout is ${limit}`,
    got: { timeout: limit, ...retries!._toIstio },
    allowed: `a timeout of ${longest}ms or more`,
  })];
}

/** Fields of later releases of Istio, which the API server would drop silently. */
function releaseProblems({ retries, corsPolicy }: RequestSettings, { source }: RouteToTarget): MeshError[] {
  const needs: [boolean, IstioRelease, string][] = [
    [retries?._isNew ?? false, IstioRelease.V1_26, '`backoff` and `retryIgnorePreviousHosts` of retries'],
    [corsPolicy?.unmatchedPreflights !== undefined, IstioRelease.V1_23, '`unmatchedPreflights`'],
  ];
  return needs.filter(([used]) => used).flatMap(([, release, what]) => releaseProblem(source, release, what) ?? []);
}

function faultProblems({ fault }: RequestSettings, { source, protocol }: RouteToTarget): MeshError[] {
  const status = fault?.abort?._abort.grpcStatus;
  return status === undefined || protocol === MeshProtocol.GRPC ? [] : [
    new MeshError('IM1339', source, { problem: 'a client of plain HTTP would read the status 200', got: status, next: 'use FaultAbort.httpStatus(), or a gRPC route' }),
  ];
}
