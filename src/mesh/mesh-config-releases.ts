import { IstioRelease } from '../values/release';

/**
 * The fields of `mesh-config-fields.ts` that are younger than the oldest release that the library knows, and the names of enumerations that
 * are. Read from the branches of istio.io/api; with those of a message its own fields are new.
 */
export const NEW_IN: readonly (readonly [IstioRelease, readonly string[]])[] = [
  [IstioRelease.V1_24, [
    'ExtensionProvider.OpenTelemetryTracingProvider.grpc',
    'ExtensionProvider.ZipkinTracingProvider.path',
    'ProxyConfig.ProxyHeaders.setCurrentClientCertDetails',
  ]],
  [IstioRelease.V1_25, [
    'ExtensionProvider.EnvoyExternalAuthorizationGrpcProvider.clearRouteCache',
    'ExtensionProvider.EnvoyExternalAuthorizationHttpProvider.clearRouteCache',
    'ProxyConfig.ProxyHeaders.preserveHttp1HeaderCase',
    'ReadinessProbe.grpc',
    'Tracing.enableIstioTags',
  ]],
  [IstioRelease.V1_26, [
    'ExtensionProvider.EnvoyFileAccessLogProvider.omitEmptyValues',
    'ExtensionProvider.HttpHeader.envName',
    'HTTPRetry.backoff',
    'HTTPRetry.retryIgnorePreviousHosts',
  ]],
  [IstioRelease.V1_27, ['ExtensionProvider.sds', 'MeshConfig.serviceScopeConfigs']],
  [IstioRelease.V1_28, [
    'ExtensionProvider.ZipkinTracingProvider.traceContextOption',
    'ProxyConfig.ProxyHeaders.xForwardedHost',
    'ProxyConfig.ProxyHeaders.xForwardedPort',
  ]],
  [IstioRelease.V1_29, [
    'ExtensionProvider.ZipkinTracingProvider.headers',
    'ExtensionProvider.ZipkinTracingProvider.timeout',
    'MeshConfig.hboneIdleTimeout',
    'ProxyConfig.fileFlushInterval',
    'ProxyConfig.fileFlushMinSizeKb',
    'ProxyConfig.statsCompression',
  ]],
  [IstioRelease.V1_30, [
    'ExtensionProvider.OpenTelemetryTracingProvider.serviceAttributeEnrichment',
    'OutboundTrafficPolicy.mode.ALLOW_ANY_DYNAMIC_DNS',
    'OutboundTrafficPolicy.tls',
  ]],
  [IstioRelease.V1_31, ['MeshConfig.defaultTrafficPolicy', 'MeshConfig.serviceEntryVisibility', 'MeshConfig.zoneAwareLbSetting', 'ProxyConfig.connectionSettings']],
];
