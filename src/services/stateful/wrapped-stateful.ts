import { ApiObject, JsonPatch } from 'cdk8s';
import { StatefulSet } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HeadlessService, headlessPorts, headlessSpec } from './headless-service';
import { checkedOrdinals, podLabelsByName } from './ordinals';
import { StatefulForm, StatefulServiceBase } from './stateful-base';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { namespaceOf } from '../../kernel/namespace-scope';
import { adopt } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { serviceName } from '../../values/names';
import { wrappedPods } from '../pods/wrapped-pods';
import { clientService } from '../service-object';
import { checkedPorts } from '../service-parts';

/** Options of `StatefulMeshService.fromWorkload`. */
export interface StatefulWorkloadOptions {
  /** The StatefulSet, in the namespace of the service. Its replicas, volumes, selector and identity stay as they are. */
  readonly workload: StatefulSet;

  /**
   * The ports that clients dial: any pod through the Service for clients, one pod by its name.
   *
   * @default - none: there is no Service for clients
   */
  readonly ports?: MeshPort[];

  /**
   * Further ports for calls between the pods. Only the headless Service has them.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * Whether pods find each other before they are ready, for clusters whose pods become ready only together.
   *
   * @default false - names lead to ready pods
   */
  readonly publishNotReadyAddresses?: boolean;

  /**
   * The mutual TLS mode of the pods. Refused without a sidecar (IM1812).
   *
   * @default - the mode of the namespace
   */
  readonly mutualTls?: MutualTls;
}

/** A StatefulSet of cdk8s-plus as a service of the mesh. */
export class WrappedStateful extends StatefulServiceBase {
  public constructor(scope: Construct, id: string, options: StatefulWorkloadOptions) {
    super(scope, id, at => wrap(at, id, options));
  }
}

function wrap(at: StatefulServiceBase, id: string, options: StatefulWorkloadOptions): StatefulForm {
  const { workload, ports = [], peerPorts = [], publishNotReadyAddresses = false, mutualTls } = validateProps('StatefulWorkloadOptions', options, at);
  const name = serviceName(id, at);
  const namespace = namespaceOf(at);
  const ordinals = checkedOrdinals({ statefulSet: workload.name, first: 0, count: workload.replicas ?? 1 }, at);
  const object = ApiObject.of(workload.service);
  checkFit(workload, object, at);
  [workload, object].forEach(adopt);
  const podLabels: Labels = { app: name };
  const pods = wrappedPods(at, `the pods of ${name}`, workload, checkedPorts([...ports, ...peerPorts], at), podLabels);
  const setting = { ports: headlessPorts(ports, peerPorts, at), selector: podLabels, pods: podLabelsByName(ordinals), mutualTls };
  const headless = HeadlessService.described(at, { ...setting, name: object.name });
  headless.policy();
  patchPorts(object, setting.ports);
  if (publishNotReadyAddresses) {
    object.addJsonPatch(JsonPatch.add('/spec/publishNotReadyAddresses', true));
  }
  const clientHost = ports.length === 0 ? undefined : clientService(at, { name, namespace, ports, selector: podLabels, mutualTls }, setting.pods);
  return { name, ordinals, podLabels, headless, clientHost, account: workload.serviceAccount?.name ?? 'default', pods, ports, peerPorts, mutualTls };
}

/** Sets the port names of a headless Service of cdk8s-plus, because Istio reads the protocol from the name. */
function patchPorts(headless: ApiObject, ports: MeshPort[]): void {
  // Patches are applied before the generated class renders the object, which takes a number or name as a `value`.
  const patched = headlessSpec(ports, false).ports!.map((port, i) => ({ ...port, targetPort: { value: ports[i].targetPort } }));
  headless.addJsonPatch(JsonPatch.add('/spec/ports', patched));
}

function checkFit(workload: StatefulSet, headless: ApiObject, at: StatefulServiceBase): void {
  const namespace = namespaceOf(at);
  if (workload.metadata.namespace !== namespace) {
    throw new MeshError('IM1110', at, {
      problem: `the StatefulSet ${workload.name} is in another namespace than the service`,
      got: workload.metadata.namespace,
      allowed: namespace,
      next: 'create the StatefulSet with { metadata: namespace.metadata(\'…\') }',
    });
  }
  const { clusterIP } = headless.toJson().spec;
  if (clusterIP !== 'None') {
    throw new MeshError('IM1110', at, {
      problem: `the Service ${headless.name} of the StatefulSet is not headless: its pods have no names`,
      got: clusterIP,
      allowed: 'None',
      next: 'create the Service with { clusterIP: \'None\' }',
    });
  }
}
