import { Duration } from 'cdk8s';
import { PATHS } from './matches';
import { IstioRelease, MeshProtocol, RetriesOptions, RetryOn } from '../../../src';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { runs } from '../releases';
import { isAnswered, isDelegated, speaks, targetOfRoute, targetPorts } from '../targets';
import { World } from '../world';

const CONDITIONS = Object.keys(RetryOn).filter(name => name === name.toUpperCase());
/** One of them is for a try that took too long. */
const SLOW: unknown[] = [RetryOn.HTTP_5XX, RetryOn.GATEWAY_ERROR, RetryOn.RESET];

/** Conditions that are named, each once. */
function conditions(w: World): unknown[] {
  const named = w.choices.some(CONDITIONS, 6).map(name => w.say(`RetryOn.${name}`));
  return w.choices.chance(25) ? [...named, w.say('RetryOn.status')] : named;
}

/** Whether an attempt that took too long is retried, by those conditions or by the default ones. */
function limitsAttempts(w: World): boolean {
  const { retryOn } = w.given('RetriesOptions') as { retryOn?: unknown[] };
  return retryOn === undefined || (retryOn.some(condition => SLOW.includes(condition)) && (speaks(w) !== 'GRPC' || retryOn.includes(RetryOn.DEADLINE_EXCEEDED)));
}

/** A time in which all attempts and the waits between them fit. */
function timeout(w: World): unknown {
  const { retries } = w.given(/^(Http|Grpc)RouteOptions$/)!;
  const [options] = (retries ? w.origins.get(retries)?.args ?? [] : []) as RetriesOptions[];
  const { attempts = 0, perTryTimeout, backoff } = options ?? {};
  const longest = perTryTimeout ? (attempts + 1) * perTryTimeout.toSeconds() + 10 * attempts * (backoff?.toSeconds() ?? 0) : 0;
  return Duration.seconds(longest + w.choices.int(1, 30));
}

const onTheWay = (fact: (w: World) => unknown) => (w: World) => (isAnswered(w) ? ABSENT : fact(w));
const headerName = (w: World) => w.fresh(`headers of ${w.frame('HeaderOperations')?.serial}`, ['x-user', 'x-version', 'cache-control']);
const headerValue = (w: World) => w.choices.pick(['1', 'max-age=60, public', '%DOWNSTREAM_REMOTE_ADDRESS%', '100%%', '%REQ(X-Request-Id)%']);
const sinceV126 = (w: World) => (runs(w, IstioRelease.V1_26) ? undefined : ABSENT);

/** Whether the route leads to a service whose ports browsers can be led to. */
function forBrowsers(w: World): boolean {
  const ports = targetPorts(w, false);
  return ports.length > 0 && ports.every(({ protocol }) => protocol !== MeshProtocol.GRPC);
}

/** What is done with requests on their way. */
export const settings: Knowledge = {
  facts: {
    ...each(['retries', 'fault', 'mirrors', 'rewrite'].map(name => `HttpRouteSettings.${name}`), onTheWay(() => undefined)),
    // Where requests of a gateway are looked into, policies have to tell preflights by the path.
    // Browsers speak gRPC-Web, which ports for gRPC do not translate.
    'HttpRouteSettings.corsPolicy': onTheWay(w => (w.isTaken('looked into', w.cluster) || !forBrowsers(w) ? ABSENT : undefined)),
    'HttpRouteSettings.timeout': onTheWay(timeout),
    // The path of a call names its method, and that of delegated routes is rewritten by their own matches.
    'HttpRewrite.path': w => (speaks(w) === 'GRPC' || isDelegated(targetOfRoute(w)) ? ABSENT : undefined),
    'HttpRewrite.authority': w => w.choices.pick(['internal.example.com', 'reviews.bookinfo:9080']),
    'PathRewrite.to.path': w => w.choices.pick(PATHS),
    'PathRewrite.regex.pattern': w => w.choices.pick(['^/api', '/v[0-9]+/(.*)']),
    'PathRewrite.regex.replacement': w => w.choices.pick(String(w.given('PathRewrite.regex')!.pattern).includes('(') ? ['/\\1', '/new/\\0'] : ['/new', '/\\0']),
    'HttpHeaders.request': onTheWay(() => undefined),
    ...each(['set', 'add'].map(map => `HeaderOperations.${map}{}`), headerName),
    ...each(['set', 'add'].map(map => `HeaderOperations.${map}[]`), headerValue),
    'HeaderOperations.remove[]': headerName,

    'RetriesOptions.retryOn': conditions,
    'RetriesOptions.perTryTimeout': w => (limitsAttempts(w) ? undefined : ABSENT),
    'RetriesOptions.backoff': sinceV126,
    'RetriesOptions.retryIgnorePreviousHosts': sinceV126,
    'RetryOn.status.code': w => w.choices.pick([409, 429, 500, 503, 511]),

    'CorsPolicy.allowHeaders[]': w => w.choices.pick(['x-user', 'Authorization', '*']),
    'CorsPolicy.exposeHeaders[]': w => w.choices.pick(['x-total', '*']),
    // Every page could call with the credentials of its visitors.
    'CorsPolicy.allowCredentials': w => {
      const { allowOrigins, allowHeaders = [], exposeHeaders = [] } = w.given('CorsPolicy') as { allowOrigins: object[]; allowHeaders?: string[]; exposeHeaders?: string[] };
      const texts = [...allowOrigins.map(origin => w.origins.get(origin)?.args[0]), ...allowHeaders, ...exposeHeaders];
      return texts.includes('*') ? false : undefined;
    },
    'CorsPolicy.unmatchedPreflights': w => (runs(w, IstioRelease.V1_23) ? undefined : ABSENT),

    '*.percentage': w => w.choices.pick([0, 0.0001, 12.5, 99.9999, 100]),
    'FaultAbort.httpStatus.status': w => w.choices.pick([200, 429, 503, 599]),
  },
  order: {
    HttpRouteOptions: ['matches', 'to', 'retries', 'timeout'],
    GrpcRouteOptions: ['service', 'method', 'to', 'retries', 'timeout'],
    RetriesOptions: ['retryOn'],
    CorsPolicy: ['allowOrigins', 'allowHeaders', 'exposeHeaders'],
  },
  forced: {
    'HttpRewrite.authority': w => w.given('HttpRewrite')!.path === undefined,
    'Fault.abort': w => w.given('Fault')!.delay === undefined || often(w),
    'HttpRouteSettings.fault': w => speaks(w) === 'GRPC' && often(w),
  },
  guards: {
    'FaultAbort.grpcStatus': w => speaks(w) === 'GRPC',
    'FaultAbort.httpStatus': w => speaks(w) !== 'GRPC' || w.choices.chance(10),
  },
};
