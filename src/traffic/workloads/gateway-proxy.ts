import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { JoinedSettings, PROXY_CONFIG } from '../../services/pods/joined-settings';
import { ProxyDrain } from '../../values/proxy-drain';
import { isMap, readSettings, SettingFormat } from '../../values/setting-map';

/**
 * What a gateway tells the next hop of the certificate that its client showed, in the header `x-forwarded-client-cert`.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ForwardClientCertDetails
 */
export enum ForwardClientCertDetails {
  /** Nothing: the header is removed. */
  SANITIZE = 'SANITIZE',
  /** What the client said, if it connected by mutual TLS. */
  FORWARD_ONLY = 'FORWARD_ONLY',
  /** What the client said, if it connected by mutual TLS, and its own certificate. */
  APPEND_FORWARD = 'APPEND_FORWARD',
  /** Its own certificate, in place of what it said. */
  SANITIZE_SET = 'SANITIZE_SET',
  /** What the client said, whoever it is: only behind a proxy that can be trusted. */
  ALWAYS_FORWARD_ONLY = 'ALWAYS_FORWARD_ONLY',
}

/**
 * What stands between clients and a gateway.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
 */
export interface GatewayTopology {
  /**
   * The number of proxies in front of the gateway that can be trusted: the client's address is the one that the first of them saw. A
   * whole number from 0 (IM1377).
   *
   * @default 0
   */
  readonly numTrustedProxies?: number;

  /**
   * Whether the load balancer says the client's address by the PROXY protocol. Connections that begin without it fail, those from inside
   * the cluster too.
   *
   * @default false
   */
  readonly proxyProtocol?: boolean;

  /**
   * What becomes of the header `x-forwarded-client-cert`.
   *
   * @default ForwardClientCertDetails.SANITIZE_SET
   */
  readonly forwardClientCertDetails?: ForwardClientCertDetails;
}

/** What is said to the proxy of a gateway's pods. */
export interface ProxySettings {
  readonly drain: ProxyDrain;
  readonly terminationGracePeriod: Duration;
  readonly gatewayTopology?: GatewayTopology;
  readonly concurrency?: number;
  /** What the user says in the annotation himself. */
  readonly further?: string;
}

/** Fields of the annotation that an option of the workload says, and that other checks read there. */
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
      problem: 'the pods would be killed before they have drained', found: `${least / 1000}s of ${grace / 1000}s`, allowed: 'a drain that is shorter than the termination grace period',
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
  const said = readSettings(further, SettingFormat.YAML, `the annotation ${PROXY_CONFIG} of the pods of the gateway`, at);
  const taken = BY_OPTIONS.find(({ field }) => field.reduce<unknown>((value, name) => (isMap(value) ? value[name] : undefined), said) !== undefined);
  if (taken) {
    throw new MeshError('IM1372', at, {
      problem: `the setting ${taken.field.join('.')} of the annotation ${PROXY_CONFIG} is the library's`, got: taken.field.join('.'), next: `leave it out, and use the option \`${taken.option}\``,
    });
  }
  const settings = new JoinedSettings(PROXY_CONFIG, 'the pods of the gateway');
  settings.add(own, 'the options of the workload', at);
  settings.add(further, 'podAnnotations', at);
  return settings.text!;
}

function count(at: Construct, what: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 0 || value > 2 ** 31 - 1)) {
    throw new MeshError('IM1377', at, { problem: `${what} is no count`, got: value, allowed: 'a whole number from 0' });
  }
}
