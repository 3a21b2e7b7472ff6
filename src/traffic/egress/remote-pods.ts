import { Construct } from 'constructs';
import { checkSidecar } from './egress-caller-checks';
import { EgressPath } from './egress-path';
import { registerNamed } from './egress-register';
import { remotePodHost } from './remote-pod-host';
import { RemoteTls } from './remote-tls';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { PolicyHost } from '../../hosts/policy-host';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { Callee, ICallee } from '../../services/calls/callee';
import { Caller } from '../../services/calls/caller';
import { onCall } from '../../services/calls/calls';
import { callsOf } from '../../services/calls/recorded-calls';
import { MeshPort } from '../../values/mesh-port';
import { isHttp } from '../../values/protocol';
import { MeshGateway } from '../gateways/mesh-gateway';
import { PodHosts } from '../routes/pod-hosts';

/** Properties of a `RemotePods`. */
export interface RemotePodsProps {
  /** The hosts by which the gateway of the other cluster serves the pods. */
  readonly hosts: PodHosts;

  /**
   * The port that callers dial, without TLS; its `targetPort` is that of the remote gateway. With
   * `MeshPort.grpc(10901, { targetPort: 443 })` they dial 10901, and their sidecar connects to 443.
   *
   * Callers should not dial 443, because TLS connections to unknown addresses use that port as well.
   */
  readonly port: MeshPort;

  /** The TLS settings for the remote gateway. The caller's sidecar originates TLS, or the egress gateway. */
  readonly tls: RemoteTls;

  /**
   * The path to the pods: directly from the callers' sidecars, or through an egress gateway.
   *
   * @default EgressPath.direct()
   */
  readonly via?: EgressPath;
}

/**
 * Pods of another cluster, each with a host that the gateway of that cluster serves. Each host has a ServiceEntry, and a DestinationRule that
 * originates TLS.
 *
 * The hosts are exported to the whole mesh. Services under `LeastPrivilege` must declare a call to them. A further host adds two objects and
 * changes no other.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class RemotePods extends Construct implements ICallee {
  /** The hosts that callers dial, by the ordinal of the pod. */
  public readonly hosts: string[];
  /** The port that callers dial. */
  public readonly port: MeshPort;

  private readonly policyHosts: PolicyHost[];
  private readonly gateway?: MeshGateway;

  constructor(scope: Construct, id: string, props: RemotePodsProps) {
    super(scope, uniqueId(scope, id));
    const { hosts, port, tls, via } = validateProps('RemotePodsProps', props, this);
    if (tls._secret && !via?._gateway) {
      throw new MeshError('IM1513', this, {
        problem: `all sidecars of the mesh originate TLS with the Secret ${tls._secret}, which they do not have`,
        got: tls._secret,
        next: 'use RemoteTls.mutual() with files of the sidecars, or let a gateway originate TLS: EgressPath.gateway()',
      });
    }
    if (!isHttp(port.protocol)) {
      throw new MeshError('IM1307', this, {
        problem: `port ${port.port} (${port.name}) carries no host by which the remote gateway could distinguish pods`, got: port.name, allowed: 'an HTTP or gRPC port',
      });
    }
    this.hosts = [...hosts.hosts];
    this.port = port;
    this.gateway = via?._gateway;
    this.policyHosts = this.hosts.map(host => remotePodHost(this, { host, port, tls, via }));
    onCall(this, ({ caller }) => this.checkCaller(caller));
    checkAtSynthesis(this, () => callsOf(this, [this]).flatMap(({ caller }) => collectErrors(this, () => this.checkCaller(caller))));
    if (!this.gateway) {
      registerNamed(this, this.hosts);
    }
  }

  /** All pods, as `calls` takes them. */
  public toCallee(): Callee {
    const workload = this.gateway?.workload;
    return Callee._create({
      construct: this,
      name: this.node.id,
      hosts: [...this.hosts],
      namespace: namespaceOf(this),
      ports: [this.port],
      policyHosts: this.policyHosts,
      via: workload && { namespace: workload.namespace, labels: workload.selector },
    });
  }

  /** Refuses a caller without a sidecar: TLS originates there, or it connects to the egress gateway. */
  private checkCaller(caller: Caller): void {
    checkSidecar(caller, this, `the rules of ${this.node.path}`, 'enable sidecars for the pods');
  }
}
