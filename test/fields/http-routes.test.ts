import { App, Duration } from 'cdk8s';
import { chart, KubeObject, service } from '../helpers/build';
import { gatewayField } from '../helpers/field';
import { valid } from '../helpers/valid';
import {
  CorsPolicy, DelegatedRoutes, DirectResponseOptions, FaultAbort, GatewayServer, GatewayWorkload, GrpcStatus, HttpHeaders,
  HttpMethod, HttpRouteOptions, MeshGateway, MeshPort, PathRewrite, RedirectOptions, RedirectPort, Retries, RetriesOptions, RetryOn, RouteMatch,
  RouteMatchOptions, RouteTarget, StringMatch, UnmatchedPreflights,
} from 'cdk8s-istio';

/** A gateway in namespace shop with one route, to the service `reviews` on HTTP 8080, and what else the route has. */
function route(options: Partial<HttpRouteOptions> = {}): KubeObject[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  edge.addHttpRoute('example.com', { to: service(root), ...options });
  return valid(root);
}

const match = (options: RouteMatchOptions) => route({ matches: [RouteMatch.pathPrefix('/a', options)] });
const redirect = (options: RedirectOptions) => route({ to: RouteTarget.redirect(options) });
const answer = (status: number, options?: DirectResponseOptions) => route({ to: RouteTarget.directResponse(status, options) });

gatewayField('VirtualService.hosts[]', 'MeshGateway.addHttpRoute', 'example.com', () => route());
gatewayField('VirtualService.gateways[]', 'MeshGateway.addHttpRoute', 'shop/edge', () => route());
gatewayField('VirtualService.http[].route[].destination.host', 'HttpRouteOptions.to', 'reviews.shop.svc.cluster.local', () => route());
gatewayField('VirtualService.http[].route[].destination.port.number', 'HttpRouteOptions.port', 8080, () => route({ port: 8080 }));

gatewayField('VirtualService.http[].match[].uri.exact', 'RouteMatch.exactPath', '/a', () => route({ matches: [RouteMatch.exactPath('/a')] }));
gatewayField('VirtualService.http[].match[].uri.prefix', 'RouteMatch.pathPrefix', '/a', () => route({ matches: [RouteMatch.pathPrefix('/a')] }));
gatewayField('VirtualService.http[].match[].uri.regex', 'RouteMatch.pathRegex', '/a[0-9]+', () => route({ matches: [RouteMatch.pathRegex('/a[0-9]+')] }));
gatewayField('VirtualService.http[].match[].ignoreUriCase', 'RouteMatchOptions.ignoreCase', true, () => match({ ignoreCase: true }));
gatewayField('VirtualService.http[].match[].method.exact', 'RouteMatchOptions.method', 'GET', () => match({ method: HttpMethod.GET }));
gatewayField('VirtualService.http[].match[].port', 'HttpRouteOptions.gatewayPort', 80, () => route({ gatewayPort: 80 }));
gatewayField('VirtualService.http[].match[].headers.*.exact', 'RouteMatchOptions.headers', 'a', () => match({ headers: { 'x-a': StringMatch.exact('a') } }));
gatewayField('VirtualService.http[].match[].headers.*.prefix', 'RouteMatchOptions.headers', 'a', () => match({ headers: { 'x-a': StringMatch.prefix('a') } }));
gatewayField('VirtualService.http[].match[].headers.*.regex', 'RouteMatchOptions.headers', 'a+', () => match({ headers: { 'x-a': StringMatch.regex('a+') } }));
gatewayField('VirtualService.http[].match[].withoutHeaders.*.exact', 'RouteMatchOptions.withoutHeaders', 'a', () => match({ withoutHeaders: { 'x-a': StringMatch.exact('a') } }));
gatewayField('VirtualService.http[].match[].withoutHeaders.*.prefix', 'RouteMatchOptions.withoutHeaders', 'a', () => match({ withoutHeaders: { 'x-a': StringMatch.prefix('a') } }));
gatewayField('VirtualService.http[].match[].withoutHeaders.*.regex', 'RouteMatchOptions.withoutHeaders', 'a+', () => match({ withoutHeaders: { 'x-a': StringMatch.regex('a+') } }));
gatewayField('VirtualService.http[].match[].queryParams.*.exact', 'RouteMatchOptions.queryParams', 'a', () => match({ queryParams: { a: StringMatch.exact('a') } }));
gatewayField('VirtualService.http[].match[].queryParams.*.prefix', 'RouteMatchOptions.queryParams', 'a', () => match({ queryParams: { a: StringMatch.prefix('a') } }));
gatewayField('VirtualService.http[].match[].queryParams.*.regex', 'RouteMatchOptions.queryParams', 'a+', () => match({ queryParams: { a: StringMatch.regex('a+') } }));

gatewayField('VirtualService.http[].redirect.uri', 'RedirectOptions.path', '/b', () => route({
  matches: [RouteMatch.exactPath('/a')], to: RouteTarget.redirect({ path: '/b' }),
}));
gatewayField('VirtualService.http[].redirect.authority', 'RedirectOptions.host', 'b.example.com', () => redirect({ host: 'b.example.com' }));
gatewayField('VirtualService.http[].redirect.port', 'RedirectOptions.port', 8443, () => redirect({ port: 8443 }));
gatewayField('VirtualService.http[].redirect.scheme', 'RedirectOptions.scheme', 'https', () => redirect({ scheme: 'https' }));
gatewayField('VirtualService.http[].redirect.redirectCode', 'RedirectOptions.status', 308, () => redirect({ scheme: 'https', status: 308 }));
gatewayField('VirtualService.http[].directResponse.status', 'RouteTarget.directResponse', 418, () => answer(418));
gatewayField('VirtualService.http[].directResponse.body.string', 'DirectResponseOptions.body', 'no', () => answer(418, { body: 'no' }));

gatewayField('VirtualService.http[].redirect.prefixRewrite', 'RedirectOptions.pathPrefix', '/b', () => route({
  matches: [RouteMatch.pathPrefix('/a')], to: RouteTarget.redirect({ pathPrefix: '/b' }),
}));
gatewayField('VirtualService.http[].redirect.derivePort', 'RedirectOptions.derivePort', 'FROM_REQUEST_PORT',
  () => redirect({ scheme: 'https', derivePort: RedirectPort.FROM_REQUEST_PORT }));
gatewayField('VirtualService.http[].directResponse.body.bytes', 'DirectResponseOptions.bodyBytes', 'AP8=', () => answer(418, { bodyBytes: 'AP8=' }));

gatewayField('VirtualService.http[].match[].method.prefix', 'RouteMatchOptions.methodMatch', 'P', () => match({ methodMatch: StringMatch.prefix('P') }));
gatewayField('VirtualService.http[].match[].method.regex', 'RouteMatchOptions.methodMatch', 'GET|HEAD', () => match({ methodMatch: StringMatch.regex('GET|HEAD') }));
gatewayField('VirtualService.http[].match[].scheme.exact', 'RouteMatchOptions.scheme', 'http', () => match({ scheme: StringMatch.exact('http') }));
gatewayField('VirtualService.http[].match[].scheme.prefix', 'RouteMatchOptions.scheme', 'http', () => match({ scheme: StringMatch.prefix('http') }));
gatewayField('VirtualService.http[].match[].scheme.regex', 'RouteMatchOptions.scheme', 'https?', () => match({ scheme: StringMatch.regex('https?') }));
gatewayField('VirtualService.http[].match[].authority.exact', 'RouteMatchOptions.authority', 'example.com', () => match({ authority: StringMatch.exact('example.com') }));
gatewayField('VirtualService.http[].match[].authority.prefix', 'RouteMatchOptions.authority', 'example.', () => match({ authority: StringMatch.prefix('example.') }));
gatewayField('VirtualService.http[].match[].authority.regex', 'RouteMatchOptions.authority', 'example.*', () => match({ authority: StringMatch.regex('example.*') }));
gatewayField('VirtualService.http[].match[].name', 'RouteMatchOptions.name', 'of-a', () => match({ name: 'of-a' }));
gatewayField('VirtualService.http[].match[].statPrefix', 'RouteMatchOptions.statPrefix', 'of-a', () => match({ statPrefix: 'of-a' }));

gatewayField('VirtualService.http[].name', 'HttpRouteOptions.name', 'catalogue', () => route({ name: 'catalogue' }));
gatewayField('VirtualService.http[].timeout', 'HttpRouteOptions.timeout', '2s', () => route({ timeout: Duration.seconds(2) }));
gatewayField('VirtualService.http[].rewrite.uri', 'PathRewrite.to', '/b', () => route({
  matches: [RouteMatch.pathPrefix('/a')], rewrite: { path: PathRewrite.to('/b') },
}));
gatewayField('VirtualService.http[].rewrite.authority', 'HttpRewrite.authority', 'b.example.com', () => route({ rewrite: { authority: 'b.example.com' } }));
gatewayField('VirtualService.http[].rewrite.uriRegexRewrite.match', 'PathRewrite.regex', '^/a/(.*)', () => route({ rewrite: { path: PathRewrite.regex('^/a/(.*)', '/b/\\1') } }));
gatewayField('VirtualService.http[].rewrite.uriRegexRewrite.rewrite', 'PathRewrite.regex', '/b/\\1', () => route({ rewrite: { path: PathRewrite.regex('^/a/(.*)', '/b/\\1') } }));

const headers: HttpHeaders = {
  request: { set: { 'x-a': 'set' }, add: { 'x-b': 'added' }, remove: ['x-c'] }, response: { set: { 'x-d': 'set' }, add: { 'x-e': 'added' }, remove: ['x-f'] },
};
gatewayField('VirtualService.http[].headers.request.set.*', 'HeaderOperations.set', 'set', () => route({ headers }));
gatewayField('VirtualService.http[].headers.request.add.*', 'HeaderOperations.add', 'added', () => route({ headers }));
gatewayField('VirtualService.http[].headers.request.remove[]', 'HeaderOperations.remove', 'x-c', () => route({ headers }));
gatewayField('VirtualService.http[].headers.response.set.*', 'HeaderOperations.set', 'set', () => route({ headers }));
gatewayField('VirtualService.http[].headers.response.add.*', 'HeaderOperations.add', 'added', () => route({ headers }));
gatewayField('VirtualService.http[].headers.response.remove[]', 'HeaderOperations.remove', 'x-f', () => route({ headers }));

/** Half of the requests to each version, those of v1 with operations on headers. */
const weighted = () => {
  const root = chart();
  const reviews = service(root, 'catalogue');
  const targets = [{ to: reviews.versionOf('v1'), weight: 50, headers }, { to: reviews.versionOf('v2'), weight: 50 }];
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  edge.addHttpRoute('example.com', { to: RouteTarget.weighted(targets) });
  return valid(root);
};
gatewayField('VirtualService.http[].route[].destination.subset', 'WeightedTarget.to', 'v2', weighted);
gatewayField('VirtualService.http[].route[].weight', 'WeightedTarget.weight', 50, weighted);
gatewayField('VirtualService.http[].route[].headers.request.set.*', 'WeightedTarget.headers', 'set', weighted);
gatewayField('VirtualService.http[].route[].headers.request.add.*', 'WeightedTarget.headers', 'added', weighted);
gatewayField('VirtualService.http[].route[].headers.request.remove[]', 'WeightedTarget.headers', 'x-c', weighted);
gatewayField('VirtualService.http[].route[].headers.response.set.*', 'WeightedTarget.headers', 'set', weighted);
gatewayField('VirtualService.http[].route[].headers.response.add.*', 'WeightedTarget.headers', 'added', weighted);
gatewayField('VirtualService.http[].route[].headers.response.remove[]', 'WeightedTarget.headers', 'x-f', weighted);

const retries = (options: Partial<RetriesOptions>) => route({ retries: Retries.of({ attempts: 3, ...options }) });
gatewayField('VirtualService.http[].retries.attempts', 'RetriesOptions.attempts', 3, () => retries({}));
gatewayField('VirtualService.http[].retries.perTryTimeout', 'RetriesOptions.perTryTimeout', '500ms', () => retries({ perTryTimeout: Duration.millis(500) }));
gatewayField('VirtualService.http[].retries.retryOn', 'RetriesOptions.retryOn', 'connect-failure', () => retries({ retryOn: [RetryOn.CONNECT_FAILURE] }));
gatewayField('VirtualService.http[].retries.retryRemoteLocalities', 'RetriesOptions.retryRemoteLocalities', true, () => retries({ retryRemoteLocalities: true }));
gatewayField('VirtualService.http[].retries.retryIgnorePreviousHosts', 'RetriesOptions.retryIgnorePreviousHosts', false, () => retries({ retryIgnorePreviousHosts: false }));
gatewayField('VirtualService.http[].retries.backoff', 'RetriesOptions.backoff', '100ms', () => retries({ backoff: Duration.millis(100) }));

const cors = (options: Partial<CorsPolicy>) => route({ corsPolicy: { allowOrigins: [StringMatch.exact('https://a.example.com')], ...options } });
gatewayField('VirtualService.http[].corsPolicy.allowOrigins[].exact', 'CorsPolicy.allowOrigins', 'https://a.example.com', () => cors({}));
gatewayField('VirtualService.http[].corsPolicy.allowOrigins[].prefix', 'CorsPolicy.allowOrigins', 'http://localhost:', () => cors({ allowOrigins: [StringMatch.prefix('http://localhost:')] }));
gatewayField('VirtualService.http[].corsPolicy.allowOrigins[].regex', 'CorsPolicy.allowOrigins', 'https://[a-z]+', () => cors({ allowOrigins: [StringMatch.regex('https://[a-z]+')] }));
gatewayField('VirtualService.http[].corsPolicy.allowMethods[]', 'CorsPolicy.allowMethods', 'PUT', () => cors({ allowMethods: [HttpMethod.PUT] }));
gatewayField('VirtualService.http[].corsPolicy.allowHeaders[]', 'CorsPolicy.allowHeaders', 'x-a', () => cors({ allowHeaders: ['x-a'] }));
gatewayField('VirtualService.http[].corsPolicy.exposeHeaders[]', 'CorsPolicy.exposeHeaders', 'x-b', () => cors({ exposeHeaders: ['x-b'] }));
gatewayField('VirtualService.http[].corsPolicy.maxAge', 'CorsPolicy.maxAge', '3600s', () => cors({ maxAge: Duration.hours(1) }));
gatewayField('VirtualService.http[].corsPolicy.allowCredentials', 'CorsPolicy.allowCredentials', true, () => cors({ allowCredentials: true }));
gatewayField('VirtualService.http[].corsPolicy.unmatchedPreflights', 'CorsPolicy.unmatchedPreflights', 'IGNORE', () => cors({ unmatchedPreflights: UnmatchedPreflights.IGNORE }));

gatewayField('VirtualService.http[].fault.delay.fixedDelay', 'FaultDelay.fixedDelay', '2s', () => route({ fault: { delay: { fixedDelay: Duration.seconds(2) } } }));
gatewayField('VirtualService.http[].fault.delay.percentage.value', 'FaultDelay.percentage', 10, () => route({ fault: { delay: { fixedDelay: Duration.seconds(2), percentage: 10 } } }));
gatewayField('VirtualService.http[].fault.abort.httpStatus', 'FaultAbort.httpStatus', 503, () => route({ fault: { abort: FaultAbort.httpStatus(503) } }));
/** A route for gRPC whose calls fail. */
function unavailable(): KubeObject[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  edge.addGrpcRoute('example.com', { to: service(root, 'cart', { ports: [MeshPort.grpc(9000)] }), fault: { abort: FaultAbort.grpcStatus(GrpcStatus.UNAVAILABLE) } });
  return valid(root);
}
gatewayField('VirtualService.http[].fault.abort.grpcStatus', 'FaultAbort.grpcStatus', 'UNAVAILABLE', unavailable);
gatewayField('VirtualService.http[].fault.abort.percentage.value', 'FaultAbortOptions.percentage', 0.5, () => route({ fault: { abort: FaultAbort.httpStatus(503, { percentage: 0.5 }) } }));

/** A route whose requests go to version v2 of `shadow` as well. */
function mirrored(): KubeObject[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  edge.addHttpRoute('example.com', { to: service(root), mirrors: [{ to: service(root, 'shadow').versionOf('v2'), port: 8080, percentage: 5 }] });
  return valid(root);
}
gatewayField('VirtualService.http[].mirrors[].destination.host', 'Mirror.to', 'shadow.shop.svc.cluster.local', mirrored);
gatewayField('VirtualService.http[].mirrors[].destination.subset', 'Mirror.to', 'v2', mirrored);
gatewayField('VirtualService.http[].mirrors[].destination.port.number', 'Mirror.port', 8080, mirrored);
gatewayField('VirtualService.http[].mirrors[].percentage.value', 'Mirror.percentage', 5, mirrored);

/** Routes of namespace team, to which a gateway of namespace shop delegates requests below /team, exported to shop alone. */
function delegated(): KubeObject[] {
  const app = new App();
  const shop = chart({ scope: app, id: 'shop' });
  const team = chart({ scope: app, id: 'team', namespace: 'team' });
  const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  const routes = new DelegatedRoutes(team, 'team-routes', { exportTo: ['shop'] });
  routes.addHttpRoute({ to: service(team) });
  edge.addHttpRoute('example.com', { matches: [RouteMatch.pathPrefix('/team')], to: routes });
  return valid(app);
}
gatewayField('VirtualService.http[].delegate.name', 'DelegatedRoutes.constructor', 'team-routes', delegated);
gatewayField('VirtualService.http[].delegate.namespace', 'DelegatedRoutes.constructor', 'team', delegated);
gatewayField('VirtualService.exportTo[]', 'DelegatedRoutesProps.exportTo', 'shop', delegated);
