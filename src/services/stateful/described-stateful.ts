import { Construct } from 'constructs';
import { HeadlessService } from './headless-service';
import { checkedPorts } from '../service-parts';
import { checkOrdinals, Ordinals, podLabelsByName, StatefulServiceBase } from './stateful-base';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { dnsName, serviceName } from '../../values/names';
import { Workload } from '../workloads/workload';

/** What there is to know of a StatefulSet that is deployed elsewhere. */
export interface StatefulServiceAttributes {
  /**
   * The name of the StatefulSet: pods are called `<name>-<ordinal>`.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The name of the headless Service, as the StatefulSet's `serviceName` says it.
   *
   * @default - `<name>-headless`
   */
  readonly headlessName?: string;

  /**
   * The name of the Service for clients.
   *
   * @default - the name of the StatefulSet
   */
  readonly serviceName?: string;

  /** The number of pods, at least one. */
  readonly replicas: number;

  /**
   * The ordinal of the first pod.
   *
   * @default 0
   */
  readonly firstOrdinal?: number;

  /**
   * The ports of the Service for clients, which the headless Service has as well.
   *
   * @default - none: there is no Service for clients
   */
  readonly ports?: MeshPort[];

  /**
   * The ports that the headless Service alone has.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * Labels that all pods of the service have: by them its calls are recognized.
   *
   * @default - `app` with the name of the StatefulSet
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * The ServiceAccount that its pods run as: by it, those that it calls know it.
   *
   * @default - not known: `calls` of the service cannot become policies
   */
  readonly serviceAccount?: string;
}

/**
 * A StatefulSet that somebody else deploys. Writes no workload and no Service; how callers connect to its pods is said as for our own,
 * since routes of gateways to its pods would not hold otherwise.
 */
export class DescribedStateful extends StatefulServiceBase {
  public readonly serviceName: string;
  public readonly namespace: string;
  public readonly host: string;
  public readonly podLabels: { [key: string]: string };
  public readonly partition?: number;

  /** @internal */
  public readonly _workload: Workload;
  /** @internal */
  protected readonly _meshHost: MeshHost;
  /** @internal */
  protected readonly _headless: HeadlessService;
  /** @internal */
  protected readonly _ordinals: Ordinals;

  public constructor(scope: Construct, id: string, attributes: StatefulServiceAttributes) {
    super(scope, uniqueId(scope, id));
    validateProps('StatefulServiceAttributes', attributes, this);
    const { name = id, ports = [], peerPorts = [] } = attributes;
    this._ordinals = { statefulSet: name, first: attributes.firstOrdinal ?? 0, count: attributes.replicas };
    checkOrdinals(this._ordinals, this);
    this.namespace = namespaceOf(this);
    const account = attributes.serviceAccount === undefined ? undefined : dnsName(attributes.serviceAccount, this, 'the name of the ServiceAccount');
    this.podLabels = { ...labels(attributes.podLabels ?? { app: name }, this) };
    const pods = podLabelsByName(this._ordinals);
    this._headless = HeadlessService.described(this, {
      name: attributes.headlessName ?? `${name}-headless`, ports: checkedPorts([...ports, ...peerPorts], this), selector: this.podLabels, pods,
    });
    this._headless.policy();
    this._meshHost = ports.length > 0
      ? this.describeClientService(serviceName(attributes.serviceName ?? name, this), ports)
      : this._headless._meshHost;
    this.serviceName = this._meshHost.identity.name;
    this.host = this._meshHost.identity.host;
    this._workload = this._register({ services: [this._headless], versions: [{ labels: this.podLabels, account }] });
  }

  private describeClientService(name: string, ports: MeshPort[]): MeshHost {
    const cluster = MeshCluster.of(this);
    cluster._refersTo('Service', this.namespace, name, this);
    return MeshHost.described(this, {
      host: `${name}.${this.namespace}.svc.${cluster.clusterDomain}`,
      namespace: this.namespace,
      name,
      ports: [...ports],
      podLabels: this.podLabels,
      versions: podLabelsByName(this._ordinals),
    });
  }
}
