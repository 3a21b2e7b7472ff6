import { Container } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DescribedStateful, StatefulServiceAttributes } from './described-stateful';
import { HeadlessService, headlessPorts } from './headless-service';
import { checkedOrdinals, podLabelsByName } from './ordinals';
import { podsOf } from './pod-host';
import { PodRegistry } from './pod-registry';
import { IStatefulMeshService, StatefulForm, StatefulServiceBase } from './stateful-base';
import { makeStatefulPods, StatefulPods } from './stateful-pods';
import { StatefulMeshServiceProps } from './stateful-props';
import { updateOf } from './update-strategy';
import { StatefulWorkloadOptions, WrappedStateful } from './wrapped-stateful';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { namespaceOf } from '../../kernel/namespace-scope';
import { clientService } from '../service-object';
import { checkedPorts } from '../service-parts';

/**
 * A service whose pods have stable names: a StatefulSet, its headless Service, a Service for clients, an identity and a budget.
 *
 * Every pod has the host `<name>-<ordinal>.<name>-headless`. Callers use mutual TLS if the namespace is known to require it, without
 * further objects. Gateways route to single pods with `addPodRoutes`, other clusters with `RemotePods`. One more replica adds the entries of
 * its pod and changes no other line, except the number of replicas and the budget.
 *
 * The budget allows evictions that leave a majority of the pods, and at least one eviction. It changes at odd numbers of replicas.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export class StatefulMeshService extends StatefulServiceBase {
  /** A StatefulSet that another team or tool deploys, such as Helm, in the namespace of the scope. */
  public static fromAttributes(scope: Construct, id: string, attributes: StatefulServiceAttributes): IStatefulMeshService {
    return new DescribedStateful(scope, id, attributes);
  }

  /**
   * An existing StatefulSet of cdk8s-plus, in the namespace of the scope. Its pods get the label `app`, and its headless
   * Service gets port names that Istio can read. With `ports`, a Service for clients is created.
   */
  public static fromWorkload(scope: Construct, id: string, options: StatefulWorkloadOptions): IStatefulMeshService {
    return new WrappedStateful(scope, id, options);
  }

  private readonly made: StatefulPods;

  constructor(scope: Construct, id: string, props: StatefulMeshServiceProps) {
    let made: StatefulPods;
    super(scope, id, at => {
      const form = makeForm(at, id, props);
      made = form.made;
      return form;
    });
    this.made = made!;
  }

  /** The containers of a pod. Changes until synthesis are written, such as `containers[0].env.addVariable(...)`. */
  public get containers(): Container[] {
    return this.made.workload.containers;
  }

  /**
   * The container of this name. Changes until synthesis are written.
   *
   * @param name the name of the container; an unknown one is refused (IM1107)
   */
  public container(name: string): Container {
    const found = this.containers.find(container => container.name === name);
    if (!found) {
      throw new MeshError('IM1107', this, { problem: 'the container is unknown', got: name, allowed: this.containers.map(container => container.name).join(', ') });
    }
    return found;
  }

  /** Adds a label to the pods. An existing label must have the same value. */
  public addPodLabel(key: string, value: string): void {
    this.made.pods.addLabel(key, value, this);
  }

  /** Adds an annotation to the pods. An existing annotation must have the same value. */
  public addPodAnnotation(key: string, value: string): void {
    this.made.pods.addAnnotation(key, value, this);
  }
}

function makeForm(at: StatefulServiceBase, id: string, props: StatefulMeshServiceProps): StatefulForm & { readonly made: StatefulPods } {
  validateProps('StatefulMeshServiceProps', props, at);
  const { name = id, ports = [], peerPorts = [], mutualTls, publishNotReadyAddresses = false } = props;
  const ordinals = checkedOrdinals({ statefulSet: name, first: props.firstOrdinal ?? 0, count: props.replicas }, at);
  const namespace = namespaceOf(at);
  const podLabels = { app: name };
  const update = updateOf(props.strategy, at);
  const all = checkedPorts([...ports, ...peerPorts], at);
  const pods = podLabelsByName(ordinals);
  const headless = HeadlessService.made(at, {
    name: props.headlessName ?? `${name}-headless`, ports: headlessPorts(ports, peerPorts, at), selector: podLabels, pods, mutualTls,
  }, publishNotReadyAddresses);
  const clientHost = ports.length === 0 ? undefined : clientService(at, { ...props, name, namespace, ports, selector: podLabels }, pods);
  const setting = { name, namespace, podLabels, ports: all, headlessName: headless.serviceName, firstOrdinal: ordinals.first, update };
  const made = makeStatefulPods(at, setting, props);
  const registry = props.registry ?? PodRegistry.headless();
  registry._register(new Construct(at, 'Registry'), headless, podsOf(headless, ordinals), made.account);
  const partition = update.rollingUpdate?.partition;
  const { account, pods: madePods } = made;
  return { name, ordinals, podLabels, headless, clientHost, partition, account, pods: madePods, ports, peerPorts, mutualTls, made };
}
