/** Fields of Istio's kinds that no option sets, and why. The way there is a patch: `ApiObject.of(x).addJsonPatch(...)`. */

/** Where a DestinationRule has settings: each of `policyField(...)` is found at all of them. */
export const POLICIES = [
  'DestinationRule.trafficPolicy', 'DestinationRule.trafficPolicy.portLevelSettings[]',
  'DestinationRule.subsets[].trafficPolicy', 'DestinationRule.subsets[].trafficPolicy.portLevelSettings[]',
] as const;

type Reasons = { readonly [field: string]: string };

const DEPRECATED = 'deprecated in Istio\'s API';
const HIDDEN = 'hidden in Istio\'s documentation';
const ONE_MIRROR = 'the older spelling of `mirrors` with one entry';
const ONE_GATEWAY = 'a VirtualService is written for one gateway, or for the mesh';
const BY_CALLER = 'a gateway has no callers with labels, and a port of TLS is not split (IM1208)';
const NOT_READ = 'read by no gateway: a route with it would take every connection';

const OUTSIDE = 'for hosts outside, behind a balancer or a proxy: the sidecar of a service would not understand it';
const UNCHECKED = 'a certificate that is not checked proves nothing';
const NO_REVOCATION = 'lists of revoked certificates: no construct names the files of a sidecar that it does not mount';
const ONE_BUDGET = 'a retry budget is for all versions (IM1642)';
const ONE_SUBSET = 'TLS is that of the host or its port, whichever version answers';

const ONE_ENDPOINT = 'all endpoints of a host are alike: `ports`, `ResiliencePolicy` and the locality hold for each';
const NO_LISTENERS = 'a sidecar listens for every port of the hosts that it knows';
const BY_SERVICE = 'sidecars receive the ports of the services that their pods serve';
const AT_CALLERS = 'callers keep the limits: `ResiliencePolicyProps.connectionPool`';
const DECLARED_EGRESS = 'an `EgressRoute` declares each host outside, and its gateway';
const BY_IDENTITY = 'rules name callers by identity; addresses of clients can be forged or shared';
const ALLOWED_ONLY = 'rules name who may call, not who may not';
const ONE_PRINCIPAL = '`principals` has trust domain, namespace and account at once';
const BY_LABELS = 'for waypoints and Gateways of the Gateway API: pods are selected by labels';
const WHOLE_PROXY = 'a setting is for both directions, and for every metric of Prometheus';

/** The same reason for several fields below a path. */
function below(path: string, why: string, ...fields: string[]): Reasons {
  return Object.fromEntries(fields.map(field => [`${path}.${field}`, why]));
}

/** The same reason wherever a DestinationRule has settings. */
function everywhere(reasons: Reasons, places: readonly string[] = POLICIES): Reasons {
  return Object.assign({}, ...places.flatMap(place => Object.entries(reasons).map(([field, why]) => below(place, why, field))));
}

const [HOST, , SUBSET, SUBSET_PORT] = POLICIES;
const TLS = ['caCertificates', 'clientCertificate', 'credentialName', 'privateKey', 'subjectAltNames[]'];

/** The reasons by field. A path that ends with `.**` is for every field below it. */
export const LEFT_OUT: Reasons = {
  ...everywhere({
    'loadBalancer.consistentHash.minimumRingSize': `${DEPRECATED}: \`ringHash\``,
    'loadBalancer.warmupDurationSecs': `${DEPRECATED}: \`warmup\``,
    'outlierDetection.consecutiveErrors': `${DEPRECATED}: \`consecutive5xxErrors\``,
    'outlierDetection.outlierDetectionHttpErrorCodes[]': 'the release that the library is pinned to sets nothing by it',
    'tls.insecureSkipVerify': UNCHECKED,
    'tls.caCrl': NO_REVOCATION,
  }),
  ...everywhere({ 'proxyProtocol.version': OUTSIDE, 'tunnel.protocol': OUTSIDE, 'tunnel.targetHost': OUTSIDE, 'tunnel.targetPort': OUTSIDE }, [HOST, SUBSET]),
  ...everywhere({ 'retryBudget.budgetInterval': ONE_BUDGET, 'retryBudget.minRetryConcurrency': ONE_BUDGET, 'retryBudget.percent': ONE_BUDGET }, [SUBSET]),
  'DestinationRule.trafficPolicy.tls.credentialName': 'TLS of a route out of the mesh is that of a port: `portLevelSettings`',
  ...everywhere(Object.fromEntries(TLS.map(field => [`tls.${field}`, ONE_SUBSET])), [SUBSET, SUBSET_PORT]),
  [`${SUBSET_PORT}.tls.sni`]: ONE_SUBSET,
  'Gateway.servers[].defaultEndpoint': `${HIDDEN}, not implemented`,
  'Gateway.servers[].port.targetPort': DEPRECATED,
  'Gateway.servers[].tls.tlsCertificates[].caCertificates': `${HIDDEN}: \`caCertificates\``,
  'VirtualService.http[].corsPolicy.allowOrigin[]': `${DEPRECATED}: \`allowOrigins\``,
  'VirtualService.http[].fault.abort.http2Error': `${HIDDEN}, not implemented`,
  'VirtualService.http[].fault.delay.exponentialDelay': `${HIDDEN}, not implemented`,
  'VirtualService.http[].fault.delay.percent': `${DEPRECATED}: \`percentage\``,
  'VirtualService.http[].match[].gateways[]': ONE_GATEWAY,
  ...below('VirtualService.http[]', ONE_MIRROR, 'mirror.host', 'mirror.port.number', 'mirror.subset', 'mirrorPercentage.value'),
  'VirtualService.http[].mirror_percent': `${DEPRECATED}: \`mirrors[].percentage\``,
  'VirtualService.http[].mirrorPercent': `${DEPRECATED}: \`mirrors[].percentage\``,
  'VirtualService.tcp[].match[].destinationSubnets[]': NOT_READ,
  'VirtualService.tcp[].match[].gateways[]': ONE_GATEWAY,
  'VirtualService.tcp[].match[].sourceSubnet': HIDDEN,
  'VirtualService.tls[].match[].destinationSubnets[]': NOT_READ,
  'VirtualService.tls[].match[].gateways[]': ONE_GATEWAY,
  'VirtualService.tls[].match[].sourceLabels.*': BY_CALLER,
  'VirtualService.tls[].match[].sourceNamespace': BY_CALLER,

  ...below('ServiceEntry.endpoints[]', ONE_ENDPOINT, 'labels.*', 'ports.*', 'weight'),
  'ServiceEntry.endpoints[].network': 'hosts outside are in no network of the mesh',
  'ServiceEntry.subjectAltNames[]': 'the DestinationRule has the names that TLS checks',
  'ServiceEntry.workloadSelector.labels.*': 'the pods of a host in the mesh are those of its Service',

  ...below('Sidecar.egress[]', NO_LISTENERS, 'bind', 'captureMode', 'port.**'),
  'Sidecar.inboundConnectionPool.**': AT_CALLERS,
  'Sidecar.ingress[].**': BY_SERVICE,
  'Sidecar.outboundTrafficPolicy.egressProxy.**': DECLARED_EGRESS,

  ...below('AuthorizationPolicy.rules[].from[].source', BY_IDENTITY, 'ipBlocks[]', 'notIpBlocks[]', 'remoteIpBlocks[]', 'notRemoteIpBlocks[]'),
  ...below('AuthorizationPolicy.rules[].from[].source', ALLOWED_ONLY, 'notNamespaces[]', 'notPrincipals[]', 'notServiceAccounts[]', 'notTrustDomains[]'),
  ...below('AuthorizationPolicy.rules[].from[].source', ONE_PRINCIPAL, 'serviceAccounts[]', 'trustDomains[]'),
  'AuthorizationPolicy.rules[].from[].source.requestPrincipals[]': 'a token grants nothing by itself: `notRequestPrincipals` refuses requests without one',
  'AuthorizationPolicy.rules[].to[].operation.notPorts[]': 'rules name the ports that they are for',
  'AuthorizationPolicy.targetRef.**': BY_LABELS,
  'AuthorizationPolicy.targetRefs[].**': BY_LABELS,

  'RequestAuthentication.jwtRules[].jwksUri': 'the other spelling of `jwks_uri`',
  'RequestAuthentication.jwtRules[].outputPayloadToHeader': '`claimsToHeaders` forwards single claims; `forwardToken` forwards the whole token',
  'RequestAuthentication.jwtRules[].timeout': 'istiod fetches the keys, and proxies fetch nothing',
  'RequestAuthentication.targetRef.**': BY_LABELS,
  'RequestAuthentication.targetRefs[].**': BY_LABELS,

  ...below('Telemetry', WHOLE_PROXY, 'accessLogging[].match.mode', 'metrics[].overrides[].match.**', 'tracing[].match.mode'),
  'Telemetry.metrics[].reportingInterval': 'for TCP alone; Istio\'s default is that of Prometheus\' scrapes',
  ...below('Telemetry.tracing[].customTags.*', 'a tag has a value of its own, or that of a header', 'environment.**', 'formatter.value', 'header.defaultValue'),
  'Telemetry.tracing[].disableContextPropagation': 'a trace without context ends at the first proxy',
  'Telemetry.tracing[].enableIstioTags': 'Istio\'s own tags cost nothing',
  'Telemetry.tracing[].useRequestIdForTraceSampling': 'the decision is that of the trace: a request id from outside would decide otherwise',
  'Telemetry.targetRef.**': BY_LABELS,
  'Telemetry.targetRefs[].**': BY_LABELS,
};

const CALLER_OR_HEADER = 'in the mesh, a rule is for a caller, a header, or both: `CallMatch`';
const AS_DIALLED = 'in the mesh, a service answers at the host and path that its callers dial';
const OWN_HEADERS = 'in the mesh, the application sets its headers';
const FROM_BROWSERS = 'browsers reach services through gateways';
const OF_SIDECARS = 'only the sidecar of a caller knows its labels and namespace';

/** Of a VirtualService: fields that are set for gateways alone, and why not in the mesh. */
export const GATEWAYS_ONLY: Reasons = {
  'VirtualService.gateways[]': 'a VirtualService without gateways is for the mesh',
  ...below('VirtualService.http[].match[]', CALLER_OR_HEADER, 'authority.**', 'ignoreUriCase', 'method.**', 'queryParams.**', 'scheme.**', 'uri.**', 'withoutHeaders.**'),
  ...below('VirtualService.http[]', 'names are for the logs of gateways', 'match[].name', 'match[].statPrefix', 'name'),
  'VirtualService.http[].redirect.**': AS_DIALLED,
  'VirtualService.http[].rewrite.uri': AS_DIALLED,
  'VirtualService.http[].rewrite.uriRegexRewrite.**': AS_DIALLED,
  'VirtualService.http[].directResponse.body.bytes': 'in the mesh, a split refuses with a text: `RefuseOptions.body`',
  'VirtualService.http[].headers.**': OWN_HEADERS,
  'VirtualService.http[].route[].headers.**': OWN_HEADERS,
  'VirtualService.http[].corsPolicy.**': FROM_BROWSERS,
  'VirtualService.tls[].route[].weight': 'in the mesh, a port of TLS is not split (IM1208)',
  'VirtualService.http[].delegate.**': 'a host of the mesh has one VirtualService',
};

/** Of a VirtualService: fields that are set in the mesh alone, and why not for gateways. */
export const MESH_ONLY: Reasons = {
  ...below('VirtualService.http[].match[]', OF_SIDECARS, 'sourceLabels.**', 'sourceNamespace'),
  ...below('VirtualService.tcp[].match[]', OF_SIDECARS, 'sourceLabels.**', 'sourceNamespace'),
};

/** The key of a reason for a field. */
export function reasonFor(reasons: Reasons, field: string): string | undefined {
  return Object.keys(reasons).find(key => key === field || (key.endsWith('**') && field.startsWith(key.slice(0, -2))));
}
