// The table of contents: exports only, floor by floor.

// Refusals. Internal to jsii, which has no errors to export: for `instanceof` in JavaScript and TypeScript.
export * from './diagnostics/mesh-error';

// Values.
export { HttpMethod } from './values/http-method';
export { MeshPort, type MeshPortOptions } from './values/mesh-port';
export { OutboundTraffic } from './values/outbound-traffic';
export { MeshProtocol } from './values/protocol';
export { ProxyDrain, type UntilIdleOptions } from './values/proxy-drain';
export { ProxyLogLevel } from './values/proxy-log-level';
export { MutualTls } from './values/mutual-tls';
export { IstioRelease, KubernetesRelease } from './values/release';
export { SidecarInjection } from './values/sidecar-injection';
export { CipherSuite, type TlsParameters, TlsVersion } from './values/tls';
export { StringMatch } from './values/string-match';

// The cluster that everything is unique in.
export { type ExternalReference, MeshCluster, type MeshClusterProps } from './kernel/mesh-cluster';
export { Production } from './kernel/production';

// What happens to requests on their way.
export { type CorsPolicy, UnmatchedPreflights } from './hosts/cors-policy';
export { type Fault, FaultAbort, type FaultAbortOptions, type FaultDelay, GrpcStatus } from './hosts/fault';
export { type HeaderOperations, type HttpHeaders } from './hosts/header-operations';
export { type HttpRewrite } from './hosts/http-rewrite';
export { type HttpRouteSettings } from './hosts/http-route-settings';
export { type Mirror } from './hosts/mirror';
export { PathRewrite } from './hosts/path-rewrite';
export { HashAlgorithm, type HashCookieOptions, HashKey } from './hosts/hash-key';
export { type ConsistentHashOptions, LoadBalancer, type LoadBalancingOptions, type Warmup } from './hosts/load-balancer';
export { LocalityDistribution, LocalityFailover, type ZoneAware } from './hosts/locality';
export { type OutlierDetection } from './hosts/outlier-detection';
export { type RetryBudget } from './hosts/retry-budget';
export { Retries, type RetriesOptions } from './hosts/retries';
export { RetryOn } from './hosts/retry-on';

// What routes lead to, and how much is asked of it.
export { RedirectPort, type RedirectOptions } from './hosts/redirect';
export { type AnswerOptions, type ExternalHostOptions, type IRouteTarget, RouteTarget, type WeightedTarget } from './hosts/route-target';
export { type ConnectionLimits, H2UpgradePolicy, type Http2KeepAlive, type TcpKeepalive } from './hosts/connection-limits';

// Namespaces and services.
export { type Autoscaling } from './services/autoscaling';
export { Callee, type ICallee } from './services/callee';
export { CallerIdentity, type CallerIdentityAttributes } from './services/caller-identity';
export { type CallOptions } from './services/calls';
export { type MeshServiceAttributes, type VersionAttributes } from './services/described-service';
export { type IGatewayPods } from './services/gateway-pods';
export { JobCompletionMode, type JobOptions } from './services/job-options';
export { JobSidecar, type NativeSidecarOptions, type NoSidecarOptions, QuitClient, type QuitOptions } from './services/job-sidecar';
export { MeshCronJob, type MeshCronJobProps } from './services/mesh-cron-job';
export { MeshJob, type MeshJobProps } from './services/mesh-job';
export { type ExistingNamespaceOptions, MeshNamespace, type MeshNamespaceProps } from './services/mesh-namespace';
export { MeshService, type MeshServiceProps } from './services/mesh-service';
export { type IMeshService, ServiceVersion } from './services/mesh-service-base';
export { MeshVersion, type MeshVersionOptions } from './services/mesh-version';
export { PodFailureAction, PodFailureRule } from './services/pod-failure-rule';
export { PodHost } from './services/pod-host';
export { type PodOptions } from './services/pod-options';
export { PodRegistry } from './services/pod-registry';
export { ServiceAlias, type ServiceAliasProps } from './services/service-alias';
export { type LoadBalancerOptions, MeshServiceType, type NodePortOptions } from './services/service-type';
export { type StatefulServiceAttributes } from './services/described-stateful';
export { type IStatefulMeshService } from './services/stateful-base';
export { StatefulMeshService } from './services/stateful-mesh-service';
export { type StatefulMeshServiceProps } from './services/stateful-props';
export { type RollingOptions, StatefulUpdate } from './services/stateful-update';
export { Startup } from './services/startup';
export { type ClaimRetention, type VolumeClaim, VolumeAccess } from './services/volume-claim';
export { type StatefulWorkloadOptions } from './services/wrapped-stateful';

// Traffic: gateways, routes, splits, ways out.
export { AcmeSolver, type AcmeSolverOptions } from './traffic/acme-solver';
export { CallMatch } from './traffic/call-match';
export { CanarySplit, type CanarySplitProps } from './traffic/canary-split';
export { CertificateIssuer, type ExternalIssuer } from './traffic/certificate-issuer';
export { CertificateKey, type CertificateKeyOptions, KeyRotation } from './traffic/certificate-key';
export { ClientAuthority, type ClientAuthorityOptions } from './traffic/client-authority';
export { type DedicatedGatewayOptions, type GatewayPodOptions, type GatewayPortOptions } from './traffic/dedicated-gateway-options';
export { EgressCallers } from './traffic/egress-callers';
export { WildcardResolution } from './traffic/egress-host';
export { EgressNetworkPolicy, type EgressNetworkPolicyProps } from './traffic/egress-network-policy';
export { EgressPath } from './traffic/egress-path';
export { EgressPort, type EgressPortOptions, type OriginateTlsOptions } from './traffic/egress-port';
export { type EgressRouteProps } from './traffic/egress-props';
export { EgressRoute } from './traffic/egress-route';
export { ForwardClientCertDetails, type GatewayTopology } from './traffic/gateway-proxy';
export {
  DelegatedRoutes, type DelegatedRoutesAttributes, type DelegatedRoutesProps, type IDelegatedRoutes,
} from './traffic/delegated-routes';
export { type IMeshGateway } from './traffic/gateway-interface';
export { GatewayServer } from './traffic/gateway-server';
export {
  type AutoPassthroughServerOptions, type GatewayServerOptions, type HttpServerOptions, type HttpsServerOptions, type PassthroughServerOptions,
  type TcpServerOptions, type TlsServerOptions,
} from './traffic/gateway-server-options';
export { GatewayRoutes, type GatewayRoutesProps } from './traffic/gateway-routes';
export { GatewayTls } from './traffic/gateway-tls';
export {
  type ClientCertificateFiles, type FilesTlsOptions, type IstioMutualTlsOptions, type MutualTlsOptions, type SecretTlsOptions, type SimpleTlsOptions,
  type TlsCertificateFiles,
} from './traffic/gateway-tls-options';
export { GatewayWorkload, type GatewayWorkloadOptions, type LabelledWorkloadOptions } from './traffic/gateway-workload';
export { type GrpcRouteOptions, type HttpRouteOptions } from './traffic/http-route-options';
export { CertificateUsage, type IssuedCertificate } from './traffic/issued-certificate';
export { MeshGateway, type MeshGatewayProps } from './traffic/mesh-gateway';
export { PodHosts, type PodHostsOptions } from './traffic/pod-hosts';
export { type PodRouteOptions, type PodTcpRouteOptions } from './traffic/pod-routes';
export { type MeshGatewayAttributes } from './traffic/referenced-gateway';
export { RemotePods, type RemotePodsProps } from './traffic/remote-pods';
export { type MutualTlsFiles, RemoteTls, type RemoteTlsOptions } from './traffic/remote-tls';
export { RouteMatch, type RouteMatchOptions } from './traffic/route-match';
export { SplitCondition, SplitRule } from './traffic/split-rule';
export { type TcpRouteOptions, type TlsRouteOptions } from './traffic/stream-route-options';
export { FaultCondition, FaultRule } from './traffic/fault-rule';
export { ResiliencePolicy } from './traffic/resilience-policy';
export { type ResiliencePolicyProps } from './traffic/resilience-props';
export { type PartitionOptions, type RefuseOptions, SplitTarget, type WeightsOptions } from './traffic/split-target';

// Security: who may call whom.
export { ExternalAuthorization, type ExternalAuthorizationProps } from './security/external-authorization';
export { JwtIssuer, type JwtIssuerOptions, JwtKeys } from './security/jwt-issuer';
export { JwtClaim, JwtRule, type JwtRuleOptions } from './security/jwt-rule';
export { Enforcement, LeastPrivilege, type LeastPrivilegeProps } from './security/least-privilege';
export { MeshMutualTls, type MeshMutualTlsProps } from './security/mesh-mutual-tls';
export { RequestAuthentication, type RequestAuthenticationProps } from './security/request-authentication';
export { type GatewayRequestsOptions, RequestTarget, type ServiceRequestsOptions } from './security/request-target';

// The mesh as a whole: its settings, and Istio itself.
export { AccessLog, type JsonLogOptions, type TextLogOptions } from './mesh/access-log';
export { type ArgoCdOptions, type FluxOptions, HelmDelivery, type HelmDeliveryOptions } from './mesh/helm-delivery';
export { IngressController } from './mesh/ingress-controller';
export { type ControlPlaneOptions } from './mesh/install-values';
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
