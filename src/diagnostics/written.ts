import { show } from './show';

/** How a value of each class is written. A test compiles them all: `chart`, `service`, `gateway` and `settings` are constructs of the program. */
export const EXAMPLES: { readonly [type: string]: string } = {
  AccessLog: 'AccessLog.json()',
  AcmeSolver: 'AcmeSolver.ingress()',
  CallMatch: 'CallMatch.header(\'x-user\', StringMatch.exact(\'…\'))',
  CertificateIssuer: 'CertificateIssuer.clusterIssuer(\'letsencrypt\')',
  CertificateKey: 'CertificateKey.ecdsa(256)',
  ClientAuthority: 'ClientAuthority.secret(\'…\')',
  Cpu: 'Cpu.millis(100)',
  Cron: 'Cron.schedule({ minute: \'0\' })',
  Deployment: 'new Deployment(chart, \'app\', { containers: [{ image: \'…\' }] })',
  DeploymentStrategy: 'DeploymentStrategy.recreate()',
  Duration: 'Duration.seconds(5)',
  EgressCallers: 'EgressCallers.declared()',
  EgressPath: 'EgressPath.gateway(gateway)',
  EgressPort: 'EgressPort.https(443)',
  EnvFrom: 'Env.fromConfigMap(settings)',
  EnvValue: 'EnvValue.fromValue(\'…\')',
  FaultAbort: 'FaultAbort.httpStatus(503)',
  FaultRule: 'FaultRule.forAllRequests({ abort: FaultAbort.httpStatus(503) })',
  GatewayServer: 'GatewayServer.http({ hosts: [\'shop.example.com\'] })',
  GatewayTls: 'GatewayTls.simple(\'…\')',
  GatewayWorkload: 'GatewayWorkload.ingress()',
  Handler: 'Handler.fromCommand([\'…\'])',
  HashAlgorithm: 'HashAlgorithm.ringHash()',
  HashKey: 'HashKey.cookie(\'user\')',
  HelmDelivery: 'HelmDelivery.values()',
  IngressController: 'IngressController.off()',
  IstioRelease: 'IstioRelease.V1_31',
  JobSidecar: 'JobSidecar.native()',
  JwtClaim: 'JwtClaim.of(\'groups\', [\'…\'])',
  JwtIssuer: 'JwtIssuer.of({ issuer: \'…\', keys: JwtKeys.discovered() })',
  JwtKeys: 'JwtKeys.discovered()',
  JwtRule: 'JwtRule.of({ claims: [JwtClaim.of(\'groups\', [\'…\'])] })',
  KubernetesRelease: 'KubernetesRelease.V1_34',
  LabeledNode: 'Node.labeled(NodeLabelQuery.is(\'disk\', \'ssd\'))',
  LoadBalancer: 'LoadBalancer.leastRequest()',
  LocalityDistribution: 'LocalityDistribution.of(\'eu-west/a\', { \'eu-west/a\': 80, \'eu-west/b\': 20 })',
  LocalityFailover: 'LocalityFailover.of(\'eu-west\', \'eu-central\')',
  MeshGateway: 'new MeshGateway(chart, \'web\', { workload: GatewayWorkload.ingress() })',
  MeshPort: 'MeshPort.http(8080)',
  MeshServiceType: 'MeshServiceType.clusterIp()',
  MeshVersion: 'MeshVersion.of({ containers: [{ image: \'…\' }] })',
  Metric: 'Metric.resourceCpu(MetricTarget.averageUtilization(70))',
  PathRewrite: 'PathRewrite.to(\'/\')',
  PodFailureRule: 'PodFailureRule.onExitCodes(PodFailureAction.FAIL_JOB, [42])',
  PodHosts: 'PodHosts.list([\'db-0.example.com\'])',
  PodRegistry: 'PodRegistry.headless()',
  Probe: 'Probe.fromHttpGet(\'/healthz\')',
  ProxyDrain: 'ProxyDrain.after(Duration.seconds(30))',
  RemoteTls: 'RemoteTls.simple()',
  Replicas: 'Replicas.absolute(1)',
  RequestTarget: 'RequestTarget.service(service)',
  Retries: 'Retries.of({ attempts: 2 })',
  RetryOn: 'RetryOn.CONNECT_FAILURE',
  RouteMatch: 'RouteMatch.pathPrefix(\'/\')',
  RouteTarget: 'RouteTarget.redirect({ path: \'/\' })',
  SidecarInjection: 'SidecarInjection.enabled()',
  Size: 'Size.mebibytes(64)',
  SplitRule: 'SplitRule.when(CallMatch.header(\'x-user\', StringMatch.present())).to(\'v1\')',
  SplitTarget: 'SplitTarget.version(\'v1\')',
  StatefulSet: 'new StatefulSet(chart, \'db\', { containers: [{ image: \'…\', portNumber: 8080 }] })',
  StatefulSetUpdateStrategy: 'StatefulSetUpdateStrategy.rollingUpdate()',
  StringMatch: 'StringMatch.exact(\'…\')',
  SuccessRule: 'SuccessRule.succeededCount(1)',
  TaintedNode: 'Node.tainted(NodeTaintQuery.exists(\'gpu\'))',
  TracingProvider: 'TracingProvider.zipkin(\'zipkin\', { service })',
  Volume: 'Volume.fromEmptyDir(chart, \'cache\', \'cache\')',
};

/** What to write for a type, where something else is there. */
export function written(type: string, got: unknown): string {
  switch (type) {
    case 'number': return typeof got === 'string' && /^\d+(\.\d+)?$/.test(got) ? `write ${got}, without quotes` : 'write a number, without quotes';
    case 'boolean': return got === 'true' || got === 'false' ? `write ${got}, without quotes` : 'write true or false';
    case 'string': return ['number', 'boolean'].includes(typeof got) ? `write ${show(String(got))}, in quotes` : 'write a text in quotes';
    case 'list': return got === undefined ? 'write a list: [ … ]' : 'put it into a list: [ … ]';
    case 'map': return 'write { name: value }';
    case 'struct': return 'write an object of these properties: { … }';
    case 'enum': return 'write one of them, without quotes';
    case 'construct': return 'hand in the construct itself';
    // What routes lead to is a service most of the time, and may be a value.
    case 'IRouteTarget':
    case 'RouteTarget': return `hand in the service itself, or write ${EXAMPLES.RouteTarget}`;
    default: return EXAMPLES[type] ? `write ${EXAMPLES[type]}` : 'hand in the object itself, not its name';
  }
}
