import { Construct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { EgressPath } from './egress-path';
import { EgressPort } from './egress-port';
import { registerNamed } from './egress-register';
import { EgressRoute } from './egress-route';
import { RemoteTls } from './remote-tls';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { PolicyHost } from '../../hosts/policy-host';
import { collectErrors } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
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
  /** The hosts at which the far gateway serves the pods. */
  readonly hosts: PodHosts;

  /**
   * The port that callers dial, without TLS; its `targetPort` is that of the far gateway. With
   * `MeshPort.grpc(10901, { targetPort: 443 })` they dial 10901, and their sidecar connects to 443.
   *
   * Of the ports that callers dial, 443 is the one to avoid: other TLS to addresses that the mesh does not know passes it, too.
   */
  readonly port: MeshPort;

  /** The TLS to the far gateway. It begins at the caller's sidecar, or at the egress gateway on the way. */
  readonly tls: RemoteTls;

  /**
   * The path to the pods: directly from the sidecars of callers, or by an egress gateway.
   *
   * @default EgressPath.direct()
   */
  readonly via?: EgressPath;
}

/**
 * Pods of another cluster, each called by the host that the far gateway serves it at: for every host a ServiceEntry, and the
 * DestinationRule that begins TLS to it.
 *
 * Visible in the whole mesh; services under `LeastPrivilege` say that they call them. One more host adds two objects and changes none.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class RemotePods extends Construct implements ICallee {
  /** The hosts, by ordinal: what callers dial. */
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
        problem: `TLS begins at the sidecars of the whole mesh with the Secret ${tls._secret}, which they do not have`,
        got: tls._secret,
        next: 'take RemoteTls.mutual() with files of the sidecars, or let TLS begin at a gateway: EgressPath.gateway()',
      });
    }
    if (!isHttp(port.protocol)) {
      throw new MeshError('IM1307', this, {
        problem: `port ${port.port} (${port.name}) has no hosts by which the far gateway could tell pods apart`, got: port.name, allowed: 'a port that speaks HTTP or gRPC',
      });
    }
    this.hosts = [...hosts.hosts];
    this.port = port;
    this.gateway = via?._gateway;
    this.policyHosts = this.hosts.map(host => (via?._gateway ? this.makeRoute(host, tls, via) : this.makeHost(host, tls)));
    onCall(this, ({ caller }) => this.checkCaller(caller));
    this.node.addValidation({ validate: () => callsOf(this, [this]).flatMap(({ caller }) => collectErrors(this, () => this.checkCaller(caller))) });
    if (!this.gateway) {
      registerNamed(this, this.hosts);
    }
  }

  /** The pods as `calls` takes them: all of them. */
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

  /** TLS begins at the sidecar of the caller, or at the gateway that only sidecars know the way to. */
  private checkCaller(caller: Caller): void {
    if (!caller.hasSidecar(this)) {
      throw new MeshError('IM1510', caller.construct ?? this, {
        problem: `${caller.construct ? 'its pods' : `the pods of ${caller.name}`} have no sidecar: the rules of ${this.node.path} would not hold for them`,
        got: caller.namespace,
        next: 'enable sidecars for the pods',
      });
    }
  }

  /** By a gateway, each host is a way out of its own, open to the mesh. */
  private makeRoute(host: string, tls: RemoteTls, via: EgressPath): PolicyHost {
    const { port, targetPort, protocol } = this.port;
    const route = new EgressRoute(this, host, {
      host, via, ports: [EgressPort.originateTls({ port, targetPort, protocol: protocol, tls })], callers: EgressCallers.anyNamespace(),
    });
    return route.toCallee()._attributes.policyHosts[0];
  }

  /** The objects of one host stand below a scope of its own. */
  private makeHost(host: string, tls: RemoteTls): PolicyHost {
    const scope = new Construct(this, host);
    const { port } = this;
    const namespace = namespaceOf(this);
    new networking.ServiceEntry(scope, owned(scope, 'Resource'), {
      metadata: { name: host, namespace },
      spec: {
        hosts: [host],
        location: networking.ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
        resolution: networking.ServiceEntrySpecResolution.DNS,
        ports: [{ number: port.port, name: port.name, protocol: port.protocol.toUpperCase(), targetPort: port.targetPort }],
      },
    });
    const made = MeshHost.made(scope, { host, namespace, name: host, ports: [port], versions: {} });
    made.policy.set('tls', tls._toIstio(host), this);
    return { ...made.forPolicies(), endpoints: 'alike' };
  }
}
