import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { JoinedSettings, PROXY_CONFIG } from '../../services/pods/joined-settings';
import { ProxyDrain } from '../../values/proxy-drain';
import { isMap, readSettings, SettingFormat } from '../../values/setting-map';

/**
 * How a gateway forwards client certificate details to the next hop, in the header `x-forwarded-client-cert`.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ForwardClientCertDetails
 */
export enum ForwardClientCertDetails {
  /** Remove the header. */
  SANITIZE = 'SANITIZE',
  /** Forward the client's header, if the client connects with mutual TLS. */
  FORWARD_ONLY = 'FORWARD_ONLY',
  /** Forward the client's header and append the client's certificate, if the client connects with mutual TLS. */
  APPEND_FORWARD = 'APPEND_FORWARD',
  /** Replace the client's header with the client's certificate. */
  SANITIZE_SET = 'SANITIZE_SET',
  /** Always forward the client's header. Use it only behind a trusted proxy. */
  ALWAYS_FORWARD_ONLY = 'ALWAYS_FORWARD_ONLY',
}

/**
 * The network topology in front of a gateway.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
 */
export interface GatewayTopology {
  /**
   * The number of trusted proxies in front of the gateway. The client's address is the one that the first of them reports. A
   * whole number from 0 (IM1377).
   *
   * @default 0
   */
  readonly numTrustedProxies?: number;

  /**
   * Whether the load balancer sends the client's address with the PROXY protocol. Connections without it fail, including those from inside
   * the cluster.
   *
   * @default false
   */
  readonly proxyProtocol?: boolean;

  /**
   * How the gateway treats the header `x-forwarded-client-cert`.
   *
   * @default ForwardClientCertDetails.SANITIZE_SET
   */
  readonly forwardClientCertDetails?: ForwardClientCertDetails;
}

/** The settings of the proxy in a gateway's pods. */
export interface ProxySettings {
  readonly drain: ProxyDrain;
  readonly terminationGracePeriod: Duration;
  readonly gatewayTopology?: GatewayTopology;
  readonly concurrency?: number;
  /** The value that the user gives for the annotation. */
  readonly further?: string;
}

/** Fields of the annotation for which the workload has an option. Other checks read the option. */
const BY_OPTIONS: readonly { readonly field: readonly string[]; readonly option: string }[] = [
  { field: ['concurrency'], option: 'concurrency' },
  { field: ['gatewayTopology'], option: 'gatewayTopology' },
  { field: ['terminationDrainDuration'], option: 'drain' },
  { field: ['proxyMetadata', 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS'], option: 'drain' },
  { field: ['proxyMetadata', 'MINIMUM_DRAIN_DURATION'], option: 'drain' },
];

/** The annotation `proxy.istio.io/config`. */
export function proxyConfig(at: Construct, { drain, terminationGracePeriod, gatewayTopology = {}, concurrency, further }: ProxySettings): string {
  const { numTrustedProxies, proxyProtocol, forwardClientCertDetails } = gatewayTopology;
  count(at, 'gatewayTopology.numTrustedProxies', numTrustedProxies);
  count(at, 'concurrency', concurrency);
  const [least, grace] = [drain._least, terminationGracePeriod].map(time => time.toMilliseconds({ integral: false }));
  if (least >= grace) {
    throw new MeshError('IM1375', at, {
      problem: 'the pods would be killed before they are drained', found: `${least / 1000}s of ${grace / 1000}s`, allowed: 'a drain that is shorter than the termination grace period',
    });
  }
  const topology = {
    ...numTrustedProxies === undefined ? {} : { numTrustedProxies },
    ...proxyProtocol ? { proxyProtocol: {} } : {},
    ...forwardClientCertDetails === undefined ? {} : { forwardClientCertDetails },
  };
  const own = Yaml.stringify({
    ...concurrency === undefined ? {} : { concurrency },
    ...Object.keys(topology).length === 0 ? {} : { gatewayTopology: topology },
    ...drain._proxyConfig,
  });
  return further === undefined ? own : joined(at, own, further);
}

function joined(at: Construct, own: string, further: string): string {
  const given = readSettings(further, SettingFormat.YAML, `the annotation ${PROXY_CONFIG} of the pods of the gateway`, at);
  const taken = BY_OPTIONS.find(({ field }) => field.reduce<unknown>((value, name) => (isMap(value) ? value[name] : undefined), given) !== undefined);
  if (taken) {
    throw new MeshError('IM1372', at, {
      problem: `the library sets ${taken.field.join('.')} of the annotation ${PROXY_CONFIG}`, got: taken.field.join('.'), next: `use the option \`${taken.option}\` instead`,
    });
  }
  const settings = new JoinedSettings(PROXY_CONFIG, 'the pods of the gateway');
  settings.add(own, 'the options of the workload', at);
  settings.add(further, 'podAnnotations', at);
  return settings.text!;
}

function count(at: Construct, what: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 0 || value > 2 ** 31 - 1)) {
    throw new MeshError('IM1377', at, { problem: `${what} is not a count`, got: value, allowed: 'a whole number from 0' });
  }
}
