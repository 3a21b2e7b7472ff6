import { Container, k8s, PodManagementPolicy, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DescribedStateful, StatefulServiceAttributes } from './described-stateful';
import { HeadlessService, headlessPorts } from './headless-service';
import { PodRegistry } from './pod-registry';
import { clientService } from '../service-object';
import { checkOrdinals, IStatefulMeshService, Ordinals, peerPortsOf, podLabelsByName, StatefulServiceBase } from './stateful-base';
import { StatefulMeshServiceProps } from './stateful-props';
import { StatefulWorkload } from './stateful-workload';
import { updateOf } from './update-strategy';
import { checkClaims } from './volume-claim';
import { StatefulWorkloadOptions, WrappedStateful } from './wrapped-stateful';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { wrapErrors } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { objectName, podsName } from '../../kernel/naming';
import { uniqueId } from '../../kernel/unique-id';
import { MeshPort } from '../../values/mesh-port';
import { serveInitContainers } from '../pods/init-containers';
import { PodFacts } from '../pods/pod-metadata-builder';
import { tellMetrics } from '../pods/pod-metrics';
import { checkPods, HOST, withPorts, ZONE } from '../pods/pod-parts';
import { checkProbes, probed } from '../pods/probes';
import { checkReferences } from '../pods/references';
import { restricted } from '../pods/restricted';
import { checkedPorts, checkedVersionName } from '../service-parts';
import { getSidecars } from '../workloads/sidecars';
import { Workload } from '../workloads/workload';

/**
 * A service whose pods are called by name: a StatefulSet, its headless Service, a Service for clients, an identity and a budget.
 *
 * Every pod answers at `<name>-<ordinal>.<name>-headless`, by mutual TLS wherever the namespace is known to insist on it, without
 * further objects. Gateways lead to single pods by `addPodRoutes`, other clusters by `RemotePods`. One more replica adds the entries of
 * its pod and changes no other line, but for the number of replicas and the budget.
 *
 * The budget lets as many pods be evicted as leave a majority, and at least one: it changes at odd numbers of replicas.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export class StatefulMeshService extends StatefulServiceBase {
  /** A StatefulSet that is deployed elsewhere, by Helm or from another repository, in the namespace of the scope. */
  public static fromAttributes(scope: Construct, id: string, attributes: StatefulServiceAttributes): IStatefulMeshService {
    return new DescribedStateful(scope, id, attributes);
  }

  /**
   * A StatefulSet of cdk8s-plus that exists already, in the namespace of the scope. Its pods get the label `app`, and its headless
   * Service ports that Istio can read; a Service for clients is made where there are ports.
   */
  public static fromWorkload(scope: Construct, id: string, options: StatefulWorkloadOptions): IStatefulMeshService {
    return new WrappedStateful(scope, id, options);
  }

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
  private readonly workload: StatefulWorkload;
  private readonly podFacts: PodFacts;

  constructor(scope: Construct, id: string, props: StatefulMeshServiceProps) {
    super(scope, uniqueId(scope, id));
    validateProps('StatefulMeshServiceProps', props, this);
    const name = props.name ?? id;
    this._ordinals = { statefulSet: name, first: props.firstOrdinal ?? 0, count: props.replicas };
    checkOrdinals(this._ordinals, this);
    this.namespace = namespaceOf(this);
    this.podLabels = { app: name };
    const update = updateOf(props.strategy, this);
    this.partition = update.rollingUpdate?.partition;

    const { ports = [], peerPorts = [] } = props;
    const all = checkedPorts([...ports, ...peerPorts], this);
    this._headless = HeadlessService.made(this, {
      name: props.headlessName ?? `${name}-headless`,
      ports: headlessPorts(ports, peerPorts, this),
      selector: this.podLabels,
      pods: podLabelsByName(this._ordinals),
      mutualTls: props.mutualTls,
    }, props.publishNotReadyAddresses ?? false);
    this._meshHost = ports.length > 0
      ? clientService(this, { ...props, name, namespace: this.namespace, ports, selector: this.podLabels }, podLabelsByName(this._ordinals))
      : this._headless._meshHost;
    this.serviceName = this._meshHost.identity.name;
    this.host = this._meshHost.identity.host;
    this.workload = this.makeWorkload(name, all, props, update);
    this.podFacts = new PodFacts(this, `the pods of ${name}`, this.workload.podMetadata);
    serveInitContainers(this, this.workload, this.podFacts);
    if (props.metrics) {
      tellMetrics(this.podFacts, props.metrics, () => getSidecars(this), all, this);
    }
    const registry = props.registry ?? PodRegistry.headless();
    registry._register(new Construct(this, 'Registry'), this, this.workload.serviceAccount!.name);
    this._workload = this._register({
      name,
      services: [this._headless],
      versions: [{ labels: this.podLabels, account: this.workload.serviceAccount!.name, pods: this.podFacts }],
      ports: all,
      peerPorts: peerPortsOf(ports, peerPorts),
      mutualTls: props.mutualTls,
    });
  }

  /** The containers of a pod. What is changed here until synthesis is written, such as `containers[0].env.addVariable(...)`. */
  public get containers(): Container[] {
    return this.workload.containers;
  }

  /**
   * The container of this name. What is changed here until synthesis is written.
   *
   * @param name the name of the container; one that is not there is refused (IM1107)
   */
  public container(name: string): Container {
    const found = this.containers.find(container => container.name === name);
    if (!found) {
      throw new MeshError('IM1107', this, { problem: 'there is no such container', got: name, allowed: this.containers.map(container => container.name).join(', ') });
    }
    return found;
  }

  /** Adds a label to the pods. One that they have already must have the same value. */
  public addPodLabel(key: string, value: string): void {
    this.podFacts.addLabel(key, value, this);
  }

  /** Adds an annotation to the pods. One that they have already must have the same value. */
  public addPodAnnotation(key: string, value: string): void {
    this.podFacts.addAnnotation(key, value, this);
  }

  private makeWorkload(name: string, ports: MeshPort[], props: StatefulMeshServiceProps, update: k8s.StatefulSetUpdateStrategy): StatefulWorkload {
    checkPods(this, props, 'the service');
    const claims = props.volumeClaims ?? {};
    checkClaims(this, claims, props);
    const version: { [key: string]: string } = props.version === undefined ? {} : { version: checkedVersionName(props.version, this) };
    const metadata = { name, namespace: this.namespace, labels: this.podLabels };
    const serviceAccount = props.serviceAccount ?? new ServiceAccount(this, 'ServiceAccount', { metadata: { ...metadata, name: podsName(name) } });
    const workload = wrapErrors(this, () => new StatefulWorkload(this, 'StatefulSet', {
      ...props,
      metadata,
      selector: this.podLabels,
      serviceAccount,
      containers: probed(this, withPorts(this, props.containers, ports), ports).map(restricted),
      initContainers: props.initContainers && probed(this, props.initContainers).map(restricted),
      podMetadata: { labels: { ...props.podLabels, ...this.podLabels, ...version }, annotations: props.podAnnotations },
      headlessName: this._headless.serviceName,
      firstOrdinal: this._ordinals.first,
      podManagementPolicy: props.podManagementPolicy ?? PodManagementPolicy.ORDERED_READY,
      update,
      claims,
      placement: props,
      spreadOver: [...props.spreadOverZones ?? true ? [ZONE] : [], ...props.spreadOverHosts ?? true ? [HOST] : []],
    }));
    checkProbes(this, workload);
    checkReferences(this, workload);
    new k8s.KubePodDisruptionBudget(this, 'DisruptionBudget', {
      // The pods of a version of another service may have this name.
      metadata: { ...metadata, name: objectName(name, 'pods') },
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(budget(props.replicas)), selector: { matchLabels: { ...this.podLabels } } },
    });
    return workload;
  }
}

/** As many pods as leave a majority, and one where none would: a budget of none would hold up every drain of a node. */
function budget(replicas: number): number {
  return Math.max(1, Math.floor((replicas - 1) / 2));
}
