import { Construct } from 'constructs';
import { HeadlessService } from './headless-service';
import { Ordinals } from './ordinals';
import { PodHost, podsOf } from './pod-host';
import { markClass } from '../../diagnostics/class-name';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { expandTemplate } from '../../values/pod-template';
import { Callee } from '../calls/callee';
import { IMeshService, MeshServiceBase } from '../mesh-service-base';
import { MadePods, Workload } from '../workloads/workload';

/**
 * A service whose pods have names. The App or another team deploys it. Clients of the service reach any of its pods; its versions are its pods.
 */
export interface IStatefulMeshService extends IMeshService {
  /** The headless Service, which gives every pod a name. */
  readonly headless: IMeshService;
  /** The pods, by ordinal. */
  readonly pods: PodHost[];
  /** The partition of updates: the lowest ordinal that is updated. */
  readonly partition?: number;

  /**
   * The pod of this ordinal.
   *
   * @param ordinal the ordinal; an unknown one is refused (IM1122)
   */
  pod(ordinal: number): PodHost;

  /**
   * One text for each pod, for example the server list of a configuration.
   *
   * @param template the text, with `{pod}` for the name of the pod, `{ordinal}` for its ordinal, `{number}` for the ordinal plus one,
   * `{host}` for its full host; any other placeholder is refused (IM0113)
   */
  podList(template: string): string[];
}

/** The attributes that each kind of stateful service supplies. */
export interface StatefulForm {
  /** The name of the workload and of its objects. */
  readonly name: string;
  readonly ordinals: Ordinals;
  readonly podLabels: Labels;
  readonly headless: HeadlessService;
  /** The host of the Service for clients; undefined if there are no ports for clients. */
  readonly clientHost?: MeshHost;
  /** The lowest ordinal that is updated. Undefined if all are. */
  readonly partition?: number;
  /** The ServiceAccount of the pods; undefined if it is not known. */
  readonly account?: string;
  /** The pods, if the App creates them. */
  readonly pods?: MadePods;
  readonly ports: MeshPort[];
  readonly peerPorts: MeshPort[];
  readonly mutualTls?: MutualTls;
}

/**
 * A service whose pods have names. Subclasses supply the parts of created, existing and described services.
 *
 * @internal
 */
export abstract class StatefulServiceBase extends MeshServiceBase implements IStatefulMeshService {
  public readonly serviceName: string;
  public readonly namespace: string;
  public readonly host: string;
  public readonly podLabels: { [key: string]: string };
  public readonly partition?: number;

  /** @internal */
  public readonly _workload: Workload;
  /** @internal */
  protected readonly _meshHost: MeshHost;
  private readonly headlessService: HeadlessService;
  private readonly ordinals: Ordinals;

  constructor(scope: Construct, id: string, build: (at: StatefulServiceBase) => StatefulForm) {
    super(scope, uniqueId(scope, id));
    const { name, ports, peerPorts, account, pods, mutualTls, ...form } = build(this);
    this.namespace = namespaceOf(this);
    this.podLabels = { ...form.podLabels };
    this.partition = form.partition;
    this.ordinals = form.ordinals;
    this.headlessService = form.headless;
    this._meshHost = form.clientHost ?? form.headless._meshHost;
    this.serviceName = this._meshHost.identity.name;
    this.host = this._meshHost.identity.host;
    this._workload = this._register({
      name,
      services: [form.headless],
      versions: [{ labels: this.podLabels, account, pods }],
      ports: [...ports, ...peerPorts],
      // Peers call each other on all ports on which a caller has an identity.
      peerPorts: [...ports.filter(port => port.mutualTls !== MutualTls.DISABLE), ...peerPorts],
      mutualTls,
    });
  }

  public get headless(): IMeshService {
    return this.headlessService;
  }

  public get pods(): PodHost[] {
    return podsOf(this.headlessService, this.ordinals);
  }

  public pod(ordinal: number): PodHost {
    const { statefulSet, first, count } = this.ordinals;
    const found = this.pods.find(pod => pod.ordinal === ordinal);
    if (!found) {
      throw new MeshError('IM1122', this, { problem: `${statefulSet} has no pod ${String(ordinal)}`, got: ordinal, allowed: `${first} to ${first + count - 1}` });
    }
    return found;
  }

  /**
   * A caller of the service may dial its pods by name: policies at the pods do not see the dialled name.
   *
   * @internal
   */
  public _callee(version?: string): Callee {
    const { _attributes: attributes } = super._callee(version);
    return Callee._create({ ...attributes, hosts: [...new Set([...attributes.hosts, this.headlessService.host])] });
  }

  public podList(template: string): string[] {
    return this.pods.map(({ podName: pod, ordinal, host }) =>
      expandTemplate(template, { pod, ordinal: `${ordinal}`, number: `${ordinal + 1}`, host }, this));
  }
}

markClass(StatefulServiceBase, 'StatefulServiceBase');
