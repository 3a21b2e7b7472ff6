import { Duration } from 'cdk8s';
import { chart, KubeObject, service } from '../helpers/build';
import { meshField } from '../helpers/field';
import { Policy, policyFor } from '../helpers/policy';
import { valid } from '../helpers/valid';
import { aShop, restricted } from '../security/shop';
import {
  CallMatch, CanarySplit, CanarySplitProps, EgressPath, EgressPort, EgressRoute, Fault, FaultAbort, FaultRule, GatewayWorkload, GrpcStatus,
  MeshGateway, MeshNamespace, MeshPort, ResiliencePolicy, Retries, RetriesOptions, RetryOn, SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

/** The split of `reviews`, whose version v1 the callers of `web` get. */
function split(ports: MeshPort[], props: Partial<CanarySplitProps> = {}): KubeObject[] {
  const root = chart();
  const reviews = service(root, 'reviews', { ports });
  const web = service(root, 'web');
  new CanarySplit(root, 'split', {
    service: reviews, rules: [SplitRule.when(CallMatch.from(web)).to('v1')], traffic: SplitTarget.weights({ v1: 40, v2: 60 }), ...props,
  });
  return valid(root);
}
const http = (props?: Partial<CanarySplitProps>) => split([MeshPort.http(8080), MeshPort.http(9090, { suffix: 'admin' })], props);
const tcp = () => split([MeshPort.tcp(5432)]);
const header = (match: StringMatch) => http({ rules: [SplitRule.when(CallMatch.header('x-a', match)).to('v1')] });

meshField('VirtualService.hosts[]', 'CanarySplitProps.service', 'reviews.shop.svc.cluster.local', http);
meshField('VirtualService.http[].route[].destination.host', 'CanarySplitProps.service', 'reviews.shop.svc.cluster.local', http);
meshField('VirtualService.http[].route[].destination.subset', 'SplitTarget.weights', 'v2', http);
meshField('VirtualService.http[].route[].weight', 'SplitTarget.weights', 60, http);
meshField('VirtualService.http[].match[].port', 'CanarySplitProps.ports', 8080, () => http({ ports: [8080] }));
meshField('VirtualService.http[].match[].headers.*.exact', 'CallMatch.header', 'a', () => header(StringMatch.exact('a')));
meshField('VirtualService.http[].match[].headers.*.prefix', 'CallMatch.header', 'a', () => header(StringMatch.prefix('a')));
meshField('VirtualService.http[].match[].headers.*.regex', 'CallMatch.header', 'a+', () => header(StringMatch.regex('a+')));
meshField('VirtualService.http[].match[].sourceLabels.*', 'CallMatch.from', 'web', http);
meshField('VirtualService.http[].match[].sourceNamespace', 'CallMatch.from', 'shop', http);
meshField('VirtualService.http[].directResponse.status', 'RefuseOptions.status', 503, () => http({ traffic: SplitTarget.refuse({ status: 503 }) }));
meshField('VirtualService.http[].directResponse.body.string', 'RefuseOptions.body', 'closed', () => http({ traffic: SplitTarget.refuse({ status: 503, body: 'closed' }) }));

meshField('VirtualService.tcp[].match[].port', 'CanarySplit.constructor', 5432, tcp);
meshField('VirtualService.tcp[].match[].sourceLabels.*', 'CallMatch.from', 'web', tcp);
meshField('VirtualService.tcp[].match[].sourceNamespace', 'CallMatch.from', 'shop', tcp);
meshField('VirtualService.tcp[].route[].destination.host', 'CanarySplit.constructor', 'reviews.shop.svc.cluster.local', tcp);
meshField('VirtualService.tcp[].route[].destination.port.number', 'CanarySplit.constructor', 5432, tcp);
meshField('VirtualService.tcp[].route[].destination.subset', 'SplitTarget.weights', 'v2', tcp);
meshField('VirtualService.tcp[].route[].weight', 'SplitTarget.weights', 60, tcp);

/** What callers of `reviews` do with their requests. */
function policy(settings: Policy, port = MeshPort.http(8080)): KubeObject[] {
  const root = chart();
  const reviews = service(root, 'reviews', { ports: [port] });
  new ResiliencePolicy(root, 'policy', policyFor(reviews, settings));
  return valid(root);
}
const retries = (options: Partial<RetriesOptions>) => policy({ retries: Retries.of({ attempts: 3, ...options }) });
const fault = (injected: Fault, port?: MeshPort) => policy({ faults: [FaultRule.forAllRequests(injected)] }, port);

meshField('VirtualService.http[].timeout', 'ResiliencePolicyProps.timeout', '2s', () => policy({ timeout: Duration.seconds(2) }));
meshField('VirtualService.http[].retries.attempts', 'RetriesOptions.attempts', 3, () => retries({}));
meshField('VirtualService.http[].retries.perTryTimeout', 'RetriesOptions.perTryTimeout', '500ms', () => retries({ perTryTimeout: Duration.millis(500) }));
meshField('VirtualService.http[].retries.retryOn', 'RetriesOptions.retryOn', 'connect-failure', () => retries({ retryOn: [RetryOn.CONNECT_FAILURE] }));
meshField('VirtualService.http[].retries.retryRemoteLocalities', 'RetriesOptions.retryRemoteLocalities', true, () => retries({ retryRemoteLocalities: true }));
meshField('VirtualService.http[].retries.retryIgnorePreviousHosts', 'RetriesOptions.retryIgnorePreviousHosts', false, () => retries({ retryIgnorePreviousHosts: false }));
meshField('VirtualService.http[].retries.backoff', 'RetriesOptions.backoff', '100ms', () => retries({ backoff: Duration.millis(100) }));
meshField('VirtualService.http[].fault.delay.fixedDelay', 'FaultDelay.fixedDelay', '2s', () => fault({ delay: { fixedDelay: Duration.seconds(2), percentage: 10 } }));
meshField('VirtualService.http[].fault.delay.percentage.value', 'FaultDelay.percentage', 10, () => fault({ delay: { fixedDelay: Duration.seconds(2), percentage: 10 } }));
meshField('VirtualService.http[].fault.abort.httpStatus', 'FaultAbort.httpStatus', 503, () => fault({ abort: FaultAbort.httpStatus(503, { percentage: 10 }) }));
meshField('VirtualService.http[].fault.abort.grpcStatus', 'FaultAbort.grpcStatus', 'UNAVAILABLE', () => fault({ abort: FaultAbort.grpcStatus(GrpcStatus.UNAVAILABLE, { percentage: 10 }) }, MeshPort.grpc(9000)));
meshField('VirtualService.http[].fault.abort.percentage.value', 'FaultAbortOptions.percentage', 0.5, () => fault({ abort: FaultAbort.httpStatus(503, { percentage: 0.5 }) }));

/** A service whose requests go to version v2 of `shadow` as well. */
function mirrored(): KubeObject[] {
  const root = chart();
  new ResiliencePolicy(root, 'policy', { target: service(root), mirrors: [{ to: service(root, 'shadow').versionOf('v2'), port: 8080, percentage: 5 }] });
  return valid(root);
}
meshField('VirtualService.http[].mirrors[].destination.host', 'Mirror.to', 'shadow.shop.svc.cluster.local', mirrored);
meshField('VirtualService.http[].mirrors[].destination.subset', 'Mirror.to', 'v2', mirrored);
meshField('VirtualService.http[].mirrors[].destination.port.number', 'Mirror.port', 8080, mirrored);
meshField('VirtualService.http[].mirrors[].percentage.value', 'Mirror.percentage', 5, mirrored);

/** A service with a split, which its own namespace alone may call. */
meshField('VirtualService.exportTo[]', 'LeastPrivilege.constructor', '.', () => {
  const { chart: root, shop, checkout } = aShop();
  new CanarySplit(shop, 'split', { service: checkout, ports: [80], traffic: SplitTarget.version('v1') });
  restricted(root);
  return valid(root);
});

/** A route out of the mesh, by an egress gateway. */
function leaving(...ports: EgressPort[]): KubeObject[] {
  const root = chart();
  const team = new MeshNamespace(root, 'team');
  const egress = new MeshGateway(team, 'egress', { workload: GatewayWorkload.dedicatedEgress() });
  new EgressRoute(team, 'route', { host: 'bank.example.net', ports, via: EgressPath.gateway(egress) });
  return valid(root);
}
const HOST = 'egress.team.svc.cluster.local';
meshField('VirtualService.http[].route[].destination.port.number', 'EgressPath.gateway', 443, () => leaving(EgressPort.http(80)));
meshField('VirtualService.http[].rewrite.authority', 'EgressPath.gateway', 'at--8080.bank.example.net', () => leaving(EgressPort.http(80), EgressPort.http(8080)));
meshField('VirtualService.tls[].match[].port', 'EgressPath.gateway', 443, () => leaving(EgressPort.tls(443)));
meshField('VirtualService.tls[].match[].sniHosts[]', 'EgressRouteProps.host', 'bank.example.net', () => leaving(EgressPort.tls(443)));
meshField('VirtualService.tls[].route[].destination.host', 'EgressPath.gateway', HOST, () => leaving(EgressPort.tls(443)));
meshField('VirtualService.tls[].route[].destination.port.number', 'EgressPath.gateway', 443, () => leaving(EgressPort.tls(443)));
meshField('VirtualService.tls[].route[].destination.subset', 'EgressPath.gateway', 'at----443-bank-example-net', () => leaving(EgressPort.tls(443)));
