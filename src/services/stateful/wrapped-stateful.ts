import { ApiObject, JsonPatch } from 'cdk8s';
import { StatefulSet } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HeadlessService, headlessPorts, headlessSpec } from './headless-service';
import { checkedPorts } from '../service-parts';
import { checkOrdinals, Ordinals, peerPortsOf, podLabelsByName, StatefulServiceBase } from './stateful-base';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { namespaceOf } from '../../kernel/namespace-scope';
import { adopt } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { serviceName } from '../../values/names';
import { serveInitContainers } from '../pods/init-containers';
import { PodFacts } from '../pods/pod-metadata-builder';
import { checkListeners } from '../pods/pod-parts';
import { checkProbes } from '../pods/probes';
import { checkReferences } from '../pods/references';
import { clientService } from '../service-object';
import { Workload } from '../workloads/workload';

/** Options of `StatefulMeshService.fromWorkload`. */
export interface StatefulWorkloadOptions {
  /** The StatefulSet, in the namespace of the service. Its replicas, volumes, selector and identity stay as they are. */
  readonly workload: StatefulSet;

  /**
   * The ports that clients dial, at any pod by the Service for clients, at one pod by its name.
   *
   * @default - none: there is no Service for clients
   */
  readonly ports?: MeshPort[];

  /**
   * Further ports that pods dial among themselves: the headless Service alone has them.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * Whether pods find each other before they are ready, as those must that are ready only together.
   *
   * @default false - names lead to ready pods
   */
  readonly publishNotReadyAddresses?: boolean;

  /**
   * Whether the pods take connections without mutual TLS. Refused where they get no sidecar (IM1812).
   *
   * @default - as the namespace says
   */
  readonly mutualTls?: MutualTls;
}

/** A StatefulSet of cdk8s-plus as a service of the mesh. */
export class WrappedStateful extends StatefulServiceBase {
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

  public constructor(scope: Construct, id: string, options: StatefulWorkloadOptions) {
    super(scope, uniqueId(scope, id));
    const { workload, ports = [], peerPorts = [], publishNotReadyAddresses = false, mutualTls } = validateProps('StatefulWorkloadOptions', options, this);
    const name = serviceName(id, this);
    this.namespace = namespaceOf(this);
    this._ordinals = { statefulSet: workload.name, first: 0, count: workload.replicas ?? 1 };
    checkOrdinals(this._ordinals, this);
    const headless = ApiObject.of(workload.service);
    this.checkFit(workload, headless);
    [workload, headless].forEach(adopt);
    this.podLabels = { app: name };
    const all = checkedPorts([...ports, ...peerPorts], this);
    checkListeners(this, workload, all);
    checkProbes(this, workload, all);
    checkReferences(this, workload);
    const podMetadata = new PodFacts(this, `the pods of ${name}`, workload.podMetadata);
    serveInitContainers(this, workload, podMetadata);
    podMetadata.addLabel('app', name, this);
    const pods = podLabelsByName(this._ordinals);
    const atPods = headlessPorts(ports, peerPorts, this);
    this._headless = HeadlessService.described(this, { name: headless.name, ports: atPods, selector: this.podLabels, pods, mutualTls });
    this._headless.policy();
    // Its ports have no names, and Istio no other way to know what they speak.
    // Patches are applied before the generated class renders what they say: it takes a number or name as a `value`.
    const patched = headlessSpec(atPods, false).ports!.map((port, i) => ({ ...port, targetPort: { value: atPods[i].targetPort } }));
    headless.addJsonPatch(JsonPatch.add('/spec/ports', patched));
    if (publishNotReadyAddresses) {
      headless.addJsonPatch(JsonPatch.add('/spec/publishNotReadyAddresses', true));
    }
    this._meshHost = ports.length > 0
      ? clientService(this, { name, namespace: this.namespace, ports, selector: this.podLabels, mutualTls }, pods)
      : this._headless._meshHost;
    this.serviceName = this._meshHost.identity.name;
    this.host = this._meshHost.identity.host;
    this._workload = this._register({
      name,
      services: [this._headless],
      versions: [{ labels: this.podLabels, account: workload.serviceAccount?.name ?? 'default', pods: podMetadata }],
      ports: all,
      peerPorts: peerPortsOf(ports, peerPorts),
      mutualTls,
    });
  }

  private checkFit(workload: StatefulSet, headless: ApiObject): void {
    if (workload.metadata.namespace !== this.namespace) {
      throw new MeshError('IM1110', this, {
        problem: `the StatefulSet ${workload.name} is in another namespace than the service`,
        got: workload.metadata.namespace,
        allowed: this.namespace,
        next: 'give the StatefulSet { metadata: namespace.metadata(\'…\') }',
      });
    }
    const { clusterIP } = headless.toJson().spec;
    if (clusterIP !== 'None') {
      throw new MeshError('IM1110', this, {
        problem: `the Service ${headless.name} of the StatefulSet is not headless: its pods have no names`,
        got: clusterIP,
        allowed: 'None',
        next: 'give the Service { clusterIP: \'None\' }',
      });
    }
  }
}
