import { IConstruct } from 'constructs';
import { MeshSettingsProps, TracingDefaults } from './mesh-settings-props';
import { ProxyDefaults } from './proxy-defaults';
import { resourceValues } from './resources';
import { TracingProvider } from './tracing-provider';
import { tidy, Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshCluster } from '../kernel/mesh-cluster';
import { isLabelValue, labels } from '../values/labels';
import { isDnsName } from '../values/names';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';
import { IstioRelease, KubernetesRelease } from '../values/release';

/** Istio's configuration of the mesh. */
export function meshConfig(at: IConstruct, cluster: MeshCluster, props: MeshSettingsProps): Values {
  const { outboundTrafficPolicy: outbound, accessLog, tracing, autoMtls, minProtocolVersion, ingressController, discoverySelectors } = props;
  check(at, props);
  return tidy({
    trustDomain: cluster.trustDomain,
    trustDomainAliases: props.trustDomainAliases,
    outboundTrafficPolicy: outbound && { mode: outbound === OutboundTrafficPolicy.ALLOW_ANY ? 'ALLOW_ANY' : 'REGISTRY_ONLY' },
    ...accessLog?._meshConfig(),
    ...ingressController?._meshConfig(),
    defaultHttpRetryPolicy: props.defaultHttpRetryPolicy && { ...props.defaultHttpRetryPolicy._toIstio },
    enableAutoMtls: autoMtls,
    meshMTLS: minProtocolVersion && { minProtocolVersion: minProtocolVersion.replace('TLS_1_', 'TLSV1_') },
    pathNormalization: props.pathNormalization && { normalization: props.pathNormalization },
    discoverySelectors: discoverySelectors && [{ matchLabels: { ...discoverySelectors } }],
    ...providers(at, tracing, props.tracingProviders ?? []),
    defaultConfig: { ...proxyConfig(at, cluster, props), tracing: { sampling: sampling(at, tracing?.sampling) } },
  });
}

/** What of the settings is no part of the configuration of the mesh. */
export function istiodValues({ proxy = {}, meshId, network }: MeshSettingsProps): Values {
  const { nativeSidecars, resources, logLevel } = proxy;
  return {
    global: { meshID: meshId, network, proxy: { resources: resources && resourceValues(resources), logLevel: logLevel?.toLowerCase() } },
    pilot: { env: { ENABLE_NATIVE_SIDECARS: nativeSidecars === undefined ? undefined : String(nativeSidecars) } },
  };
}

function check(at: IConstruct, props: MeshSettingsProps): void {
  const { trustDomainAliases = [], discoverySelectors, meshId, network, proxy = {} } = props;
  const alias = trustDomainAliases.find(domain => !isDnsName(domain));
  if (alias !== undefined) {
    throw new MeshError('IM1006', at, { problem: 'an alias of the trust domain is no DNS name', got: alias });
  }
  labels(discoverySelectors ?? {}, at);
  const name = Object.entries({ meshId, network }).find(([, value]) => value !== undefined && (value === '' || !isLabelValue(value)));
  if (name) {
    throw new MeshError('IM0107', at, { problem: `${name[0]} cannot be the value of a label`, got: name[1], allowed: 'at most 63 letters, digits, dashes, dots and underscores' });
  }
  if (proxy.concurrency !== undefined && (!Number.isInteger(proxy.concurrency) || proxy.concurrency < 0)) {
    throw new MeshError('IM1609', at, { problem: 'proxy.concurrency is no number of threads', got: proxy.concurrency, allowed: 'a whole number; 0 is one for each core' });
  }
}

function proxyConfig(at: IConstruct, cluster: MeshCluster, { dnsCapture, proxy = {} }: MeshSettingsProps): Values {
  const { concurrency, holdApplicationUntilProxyStarts, nativeSidecars, drain } = proxy;
  if (nativeSidecars && !cluster.kubernetes.atLeast(KubernetesRelease.V1_29)) {
    throw new MeshError('IM1605', at, {
      problem: `Kubernetes ${cluster.kubernetes.version} has no native sidecars`,
      found: 'nativeSidecars: true',
      allowed: 'Kubernetes 1.29 or later',
      next: 'remove it, or declare the release that the cluster runs: new MeshCluster(app, …, { kubernetes: … })',
    });
  }
  const { proxyMetadata: whenDrained = {}, ...drained } = (drain?._proxyConfig ?? {}) as Values;
  return {
    concurrency,
    holdApplicationUntilProxyStarts,
    ...drained,
    proxyMetadata: metadata(at, { ...dnsMetadata(cluster, dnsCapture), ...whenDrained }, proxy),
  };
}

/** Before 1.25 hosts without addresses got one only where it was asked for; since then asking draws a warning. */
function dnsMetadata(cluster: MeshCluster, dnsCapture: boolean | undefined): Values {
  return dnsCapture === undefined ? {} : {
    ISTIO_META_DNS_CAPTURE: String(dnsCapture),
    ...(cluster.istio.atLeast(IstioRelease.V1_25) ? {} : { ISTIO_META_DNS_AUTO_ALLOCATE: String(dnsCapture) }),
  };
}

function metadata(at: IConstruct, mine: Values, { proxyMetadata: further = {} }: ProxyDefaults): Values | undefined {
  for (const name of Object.keys(further)) {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
      throw new MeshError('IM1609', at, { problem: 'not the name of an entry of proxy.metadata', got: name, allowed: 'capitals, digits and underscores' });
    }
    if (name in mine) {
      throw new MeshError('IM1604', at, { problem: `proxy.metadata.${name} is written already, from a property of its own`, found: `${further[name]}, and before ${mine[name]}` });
    }
  }
  const all = { ...mine, ...further };
  return Object.keys(all).length === 0 ? undefined : all;
}

/**
 * As soon as the defaults name a provider of traces, the chart leaves out the default one of metrics: nothing would be measured.
 */
function providers(at: IConstruct, tracing: TracingDefaults | undefined, further: TracingProvider[]): Values {
  const all = [...new Set([...tracing ? [tracing.provider] : [], ...further])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = all.find(({ name }, i) => all[i + 1]?.name === name);
  if (twice) {
    throw new MeshError('IM1608', at, { problem: `two providers are called ${twice.name}`, got: all.map(({ name }) => name) });
  }
  return {
    extensionProviders: all.length === 0 ? undefined : all.map(provider => tidy(provider._render(at))),
    defaultProviders: tracing && { metrics: ['prometheus'], tracing: [tracing.provider.name] },
  };
}

function sampling(at: IConstruct, percent: number | undefined): number | undefined {
  if (percent !== undefined && !(percent > 0 && percent <= 100)) {
    throw new MeshError('IM1609', at, {
      problem: 'the share of requests that are traced is no percentage',
      got: percent,
      allowed: 'more than 0, at most 100',
      next: percent === 0 ? 'leave out `tracing`: Istio treats 0 as not set, and traces 1 %' : 'use a percentage',
    });
  }
  return percent;
}
