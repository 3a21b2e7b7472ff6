import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { HostIdentity } from '../../hosts/model/host-identity';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { dnsLabel, serviceName } from '../../values/names';
import { isHttp } from '../../values/protocol';
import { MeshServiceBase } from '../mesh-service-base';
import { matchMutualTls } from '../peer-authentication';
import { MeshServiceType } from '../service-type';
import { Workload } from '../workloads/workload';

/** The settings of a headless Service. */
export interface HeadlessSetting {
  readonly name: string;
  readonly ports: MeshPort[];
  readonly selector: Labels;
  /** The labels of each pod, by pod name. */
  readonly pods: { readonly [pod: string]: Labels };
  readonly mutualTls?: MutualTls;
}

/**
 * The connection settings for pods by name. A connection to a deleted pod gets no answer, but an HTTP sidecar keeps the client's
 * connection open. These limits are meant to close it within a minute. No test shows this: see docs/stateful.md.
 * A policy with other limits overrides them.
 *
 * @see https://github.com/istio/istio/issues/54539
 */
const LIMITS = {
  tcp: { connectTimeout: '2s', tcpKeepalive: { time: '30s', interval: '10s', probes: 3 } },
  http: { idleTimeout: '60s' },
};

/** The headless Service of a StatefulSet, which gives every pod a name. It is a service and owns its host. */
export class HeadlessService extends MeshServiceBase {
  /** A headless Service that the App creates, with the connection settings for its callers. */
  public static made(owner: MeshServiceBase, setting: HeadlessSetting, publishNotReadyAddresses: boolean): HeadlessService {
    const made = new HeadlessService(owner, setting, (scope, identity) => {
      new k8s.KubeService(scope, owned(scope, 'Resource'), {
        metadata: { name: identity.name, namespace: identity.namespace, labels: { ...setting.selector } },
        spec: { ...headlessSpec(setting.ports, publishNotReadyAddresses), selector: { ...setting.selector } },
      });
      return MeshHost.made(scope, identity);
    });
    made.policy();
    return made;
  }

  /** A headless Service of another team. */
  public static described(owner: MeshServiceBase, setting: HeadlessSetting): HeadlessService {
    const described = new HeadlessService(owner, setting, (scope, identity) => MeshHost.described(scope, identity));
    MeshCluster.of(described)._refersTo('Service', described.namespace, described.serviceName, described);
    return described;
  }

  public readonly serviceName: string;
  public readonly namespace: string;
  public readonly host: string;
  public readonly podLabels: { [key: string]: string };

  /** @internal */
  public readonly _meshHost: MeshHost;
  private readonly mutualTls?: MutualTls;

  private constructor(
    private readonly owner: MeshServiceBase, setting: HeadlessSetting, register: (scope: Construct, identity: HostIdentity) => MeshHost,
  ) {
    super(owner, 'Headless');
    this.mutualTls = setting.mutualTls;
    this.serviceName = dnsLabel(serviceName(setting.name, owner), owner, 'the name of the headless Service');
    this.namespace = namespaceOf(this);
    this.host = `${this.serviceName}.${this.namespace}.svc.${MeshCluster.of(this).clusterDomain}`;
    this.podLabels = { ...setting.selector };
    this._meshHost = register(this, {
      host: this.host,
      namespace: this.namespace,
      name: this.serviceName,
      ports: setting.ports,
      headless: true,
      podLabels: this.podLabels,
      versions: setting.pods,
    });
  }

  /**
   * The workload of the stateful service, which registers both.
   *
   * @internal
   */
  public get _workload(): Workload {
    return this.owner._workload;
  }

  /** Sets the connection settings, which every headless Service with callers in the mesh needs. */
  public policy(): void {
    matchMutualTls(this._meshHost.policy, this, this.ports, this.mutualTls);
    if (this.ports.some(port => isHttp(port.protocol))) {
      this._meshHost.policy.assume({ connectionPool: LIMITS });
    }
  }
}

/**
 * The ports of a headless Service: the target ports, because no Service maps the ports that clients dial. Several ports of the
 * Service for clients may have the same target port.
 */
export function headlessPorts(ports: MeshPort[], peerPorts: MeshPort[], at: Construct): MeshPort[] {
  const mapped = peerPorts.find(port => port.port !== port.targetPort);
  if (mapped) {
    throw new MeshError('IM1125', at, {
      problem: `peers connect to port ${mapped.port} (${mapped.name}) of a pod, but the pod listens on ${mapped.targetPort}`,
      got: mapped.targetPort,
      allowed: `${mapped.port}`,
      next: 'leave `targetPort` out, and give the port the number that the pods listen on',
    });
  }
  const all = [...ports, ...peerPorts].map(port => port._atPods);
  return all.filter((port, i) => all.findIndex(other => other.port === port.port && other._transport === port._transport) === i);
}

/** The fields of a headless Service without its selector. */
export function headlessSpec(ports: MeshPort[], publishNotReadyAddresses: boolean): k8s.ServiceSpec {
  const { ports: rendered } = MeshServiceType.clusterIp()._toKube(ports);
  return {
    clusterIp: 'None',
    publishNotReadyAddresses: publishNotReadyAddresses || undefined,
    // A node port belongs to the Service for clients.
    ports: rendered!.map(({ nodePort: _, ...port }) => port),
  };
}
