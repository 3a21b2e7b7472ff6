// The table of contents: exports only, floor by floor.

// Refusals. Internal to jsii, which has no errors to export: for `instanceof` in JavaScript and TypeScript.
export * from './diagnostics/mesh-error';

// What no construct wrote is compared with what constructs own: the module enters its check.
import './raw/raw-objects';

// Values.
export { HttpMethod } from './values/http-method';
export { MeshPort, type MeshPortOptions } from './values/mesh-port';
export { OutboundTrafficPolicy } from './values/outbound-traffic-policy';
export { PathNormalization } from './values/request-path';
export { MeshProtocol } from './values/protocol';
export { ProxyDrain, type UntilIdleOptions } from './values/proxy-drain';
export { ProxyLogLevel } from './values/proxy-log-level';
export { MutualTls } from './values/mutual-tls';
export { IstioRelease, KubernetesRelease } from './values/release';
export { SidecarInjection } from './values/sidecar-injection';
export { CipherSuite, type TlsParameters, TlsVersion } from './values/tls';
export { StringMatch } from './values/string-match';

// The App, and the cluster that everything is unique in.
export { MeshApp } from './synthesis/mesh-app';
export { type ExternalReference } from './kernel/external-reference';
export { MeshCluster, type MeshClusterProps } from './kernel/mesh-cluster';
export { Production } from './kernel/production';

// What happens to requests on their way.
export { type CorsPolicy, UnmatchedPreflights } from './hosts/http/cors-policy';
export { type Fault, FaultAbort, type FaultAbortOptions, type FaultDelay, GrpcStatus } from './hosts/http/fault';
export { type HeaderOperations, type HttpHeaders } from './hosts/http/header-operations';
export { type HttpRewrite } from './hosts/http/http-rewrite';
export { type HttpRouteSettings } from './hosts/http-route-settings';
export { type Mirror } from './hosts/mirror';
export { PathRewrite } from './hosts/http/path-rewrite';
export { HashAlgorithm, type HashCookieOptions, HashKey } from './hosts/policy/hash-key';
export { type ConsistentHashOptions, LoadBalancer, type LoadBalancingOptions, type Warmup } from './hosts/policy/load-balancer';
export { LocalityDistribution, LocalityFailover, type ZoneAware } from './hosts/policy/locality';
export { type OutlierDetection } from './hosts/policy/outlier-detection';
export { type RetryBudget } from './hosts/policy/retry-budget';
export { Retries, type RetriesOptions } from './hosts/http/retries';
export { RetryOn } from './hosts/http/retry-on';

// What routes lead to, and how much is asked of it.
export { RedirectPort, type RedirectOptions } from './hosts/http/redirect';
export { type DirectResponseOptions, type ExternalHostOptions, type IRouteTarget, RouteTarget, type WeightedTarget } from './hosts/route-target';
export { type ConnectionPool, H2UpgradePolicy, type Http2KeepAlive, type TcpKeepalive } from './hosts/policy/connection-pool';

// Namespaces and services.
export { type Autoscaling } from './services/pods/autoscaling';
export { Callee, type ICallee } from './services/calls/callee';
export { CallerIdentity, type CallerIdentityAttributes } from './services/calls/caller-identity';
export { type CallOptions } from './services/calls/calls';
export { type MeshServiceAttributes, type VersionAttributes } from './services/described-service';
export { type IGatewayPods } from './services/workloads/gateway-pods';
export { JobCompletionMode, type JobOptions, PodReplacementPolicy } from './services/jobs/job-options';
export { JobSidecar, type NoSidecarOptions, QuitClient, type QuitOptions } from './services/jobs/job-sidecar';
export { MeshCronJob, type MeshCronJobProps } from './services/jobs/mesh-cron-job';
export { MeshJob, type MeshJobProps } from './services/jobs/mesh-job';
export { MeshNamespace } from './services/namespaces/mesh-namespace';
export { type ExistingNamespaceOptions, type MeshNamespaceProps } from './services/namespaces/namespace-props';
export { MeshService, type MeshServiceProps } from './services/mesh-service';
export { type IMeshService, ServiceVersion } from './services/mesh-service-base';
export { MeshVersion, type MeshVersionOptions } from './services/pods/mesh-version';
export { PodFailureAction, PodFailureRule } from './services/jobs/pod-failure-rule';
export { PodHost } from './services/stateful/pod-host';
export { type PodMetrics } from './services/pods/pod-metrics';
export { type PodOptions } from './services/pods/pod-options';
export { type PodPlacement } from './services/pods/pod-placement';
export { PodRegistry } from './services/stateful/pod-registry';
export { ServiceAlias, type ServiceAliasProps } from './services/service-alias';
export { type LoadBalancerOptions, MeshServiceType, type NodePortOptions } from './services/service-type';
export { type StatefulServiceAttributes } from './services/stateful/described-stateful';
export { type IStatefulMeshService } from './services/stateful/stateful-base';
export { StatefulMeshService } from './services/stateful/stateful-mesh-service';
export { type StatefulMeshServiceProps } from './services/stateful/stateful-props';
export { SuccessRule } from './services/jobs/success-rule';
export { type ClaimRetention, ClaimRetentionPolicy, type VolumeClaim } from './services/stateful/volume-claim';
export { type StatefulWorkloadOptions } from './services/stateful/wrapped-stateful';

// Traffic: gateways, routes, splits, egress.
export { AcmeSolver, type AcmeSolverOptions } from './traffic/servers/acme-solver';
export { CallMatch } from './traffic/splits/call-match';
export { CanarySplit, type CanarySplitProps } from './traffic/splits/canary-split';
export { CertificateIssuer, type ExternalIssuer } from './traffic/servers/certificate-issuer';
export { CertificateKey, type CertificateKeyOptions, KeyRotation } from './traffic/servers/certificate-key';
export { ClientAuthority, type ClientAuthorityOptions } from './traffic/servers/client-authority';
export { type DedicatedGatewayOptions, type GatewayPodOptions, type GatewayPortOptions } from './traffic/workloads/dedicated-gateway-options';
export { EgressCallers } from './traffic/egress/egress-callers';
export { EgressNetworkPolicy, type EgressNetworkPolicyProps } from './traffic/egress/egress-network-policy';
export { EgressPath } from './traffic/egress/egress-path';
export { EgressPort, type EgressPortOptions, type OriginateTlsOptions } from './traffic/egress/egress-port';
export { type EgressRouteProps } from './traffic/egress/egress-props';
export { EgressRoute } from './traffic/egress/egress-route';
export { ForwardClientCertDetails, type GatewayTopology } from './traffic/workloads/gateway-proxy';
export {
  DelegatedRoutes, type DelegatedRoutesProps,
} from './traffic/routes/delegated-routes';
export { type DelegatedRoutesAttributes, type IDelegatedRoutes } from './traffic/routes/referenced-routes';
export { type IMeshGateway } from './traffic/routes/gateway-interface';
export { GatewayServer } from './traffic/servers/gateway-server';
export {
  type AutoPassthroughServerOptions, type GatewayServerOptions, type HttpServerOptions, type HttpsServerOptions, type PassthroughServerOptions,
  type TcpServerOptions, type TlsServerOptions,
} from './traffic/servers/gateway-server-options';
export { GatewayRoutes, type GatewayRoutesProps } from './traffic/routes/gateway-routes';
export { GatewayTls } from './traffic/servers/gateway-tls';
export {
  type ClientCertificateFiles, type FilesTlsOptions, type IstioMutualTlsOptions, type MutualTlsOptions, type SecretTlsOptions, type SimpleTlsOptions,
  type TlsCertificateFiles,
} from './traffic/servers/gateway-tls-options';
export { GatewayWorkload, type GatewayWorkloadOptions, type LabelledWorkloadOptions } from './traffic/workloads/gateway-workload';
export { type GrpcRouteOptions, type HttpRouteOptions } from './traffic/routes/http-route-options';
export { CertificateUsage, type IssuedCertificate } from './traffic/servers/issued-certificate';
export { MeshGateway, type MeshGatewayProps } from './traffic/gateways/mesh-gateway';
export { PodHosts, type PodHostsOptions } from './traffic/routes/pod-hosts';
export { type PodRouteOptions, type PodTcpRouteOptions } from './traffic/routes/pod-routes';
export { type MeshGatewayAttributes } from './traffic/gateways/referenced-gateway';
export { RemotePods, type RemotePodsProps } from './traffic/egress/remote-pods';
export { type MutualTlsFiles, RemoteTls, type RemoteTlsOptions } from './traffic/egress/remote-tls';
export { WildcardResolution } from './traffic/egress/wildcard-resolution';
export { RouteMatch, type RouteMatchOptions } from './traffic/routes/route-match';
export { SplitCondition, SplitRule } from './traffic/splits/split-rule';
export { type TcpRouteOptions, type TlsRouteOptions } from './traffic/routes/stream-route-options';
export { FaultCondition, FaultRule } from './traffic/resilience/fault-rule';
export { ResiliencePolicy } from './traffic/resilience/resilience-policy';
export { type ResiliencePolicyProps } from './traffic/resilience/resilience-props';
export { type PartitionOptions, type RefuseOptions, SplitTarget, type WeightsOptions } from './traffic/splits/split-target';

// Security: who may call whom.
export { ExternalAuthorization, type ExternalAuthorizationProps } from './security/external-authorization';
export { JwtIssuer, type JwtIssuerOptions, JwtKeys } from './security/jwt-issuer';
export { JwtClaim } from './security/jwt-claim';
export { JwtRule, type JwtRuleOptions } from './security/jwt-rule';
export { Enforcement, LeastPrivilege, type LeastPrivilegeProps } from './security/least-privilege';
export { MeshMutualTls, type MeshMutualTlsProps } from './security/mesh-mutual-tls';
export { RequestAuthentication } from './security/request-authentication';
export { type RequestAuthenticationProps } from './security/request-authentication-props';
export { type GatewayRequestsOptions, RequestTarget, type ServiceRequestsOptions } from './security/request-target';

// The mesh as a whole: its settings, and Istio itself.
export { AccessLog, type JsonLogOptions, type TextLogOptions } from './mesh/access-log';
export { type ArgoCdOptions, type FluxOptions, HelmDelivery, type HelmDeliveryOptions } from './mesh/helm-delivery';
export { IngressController } from './mesh/ingress-controller';
export { type ControlPlaneOptions } from './mesh/control-plane-options';
export { type IstioCniOptions } from './mesh/istio-cni';
export { IstioChart } from './mesh/istio-chart';
export { type IstioGatewayOptions } from './mesh/istio-gateway-options';
export { IstioInstall, type IstioInstallProps } from './mesh/istio-install';
export { MeshSettings } from './mesh/mesh-settings';
export { type MeshSettingsProps, MeshTlsVersion, type TracingDefaults } from './mesh/mesh-settings-props';
export { type IstioAutoscaling, type IstioPodOptions, PodSpread } from './mesh/istio-pod-options';
export { MeshTelemetry } from './mesh/mesh-telemetry';
export { type MeshTelemetryProps, type TelemetryLogging, type TelemetryMetrics, type TelemetryTracing } from './mesh/mesh-telemetry-props';
export { type ProxyDefaults } from './mesh/proxy-defaults';
export { type CollectorOptions, type OpenTelemetryOptions, TracingProvider, type ZipkinOptions } from './mesh/tracing-provider';

// The imported CRD classes, for what no construct of ours says. They follow the CRDs of Istio and cert-manager, not our versions.
export * as certmanager from '../imports/cert-manager.io';
export * as extensions from '../imports/extensions.istio.io';
export * as networking from '../imports/networking.istio.io';
export * as security from '../imports/security.istio.io';
export * as telemetry from '../imports/telemetry.istio.io';
