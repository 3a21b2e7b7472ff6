import { k8s, PodManagementPolicy, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { StatefulMeshServiceProps } from './stateful-props';
import { StatefulWorkload } from './stateful-workload';
import { checkClaims } from './volume-claim';
import { wrapErrors } from '../../kernel/collect-errors';
import { objectName, podsName } from '../../kernel/naming';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { serveInitContainers } from '../pods/init-containers';
import { PodMetadataBuilder } from '../pods/pod-metadata-builder';
import { tellMetrics } from '../pods/pod-metrics';
import { checkPods, HOST, withPorts, ZONE } from '../pods/pod-parts';
import { checkOwnProbes, probed } from '../pods/probes';
import { checkReferences } from '../pods/references';
import { restricted } from '../pods/restricted';
import { checkedVersionName } from '../service-parts';
import { getSidecars } from '../workloads/sidecars';

/** The settings of the pods of a stateful service. */
export interface StatefulPodsSetting {
  readonly name: string;
  readonly namespace: string;
  readonly podLabels: Labels;
  readonly ports: MeshPort[];
  readonly headlessName: string;
  readonly firstOrdinal: number;
  readonly update: k8s.StatefulSetUpdateStrategy;
}

/** The pods of a stateful service that the App creates. */
export interface StatefulPods {
  readonly workload: StatefulWorkload;
  readonly pods: PodMetadataBuilder;
  /** The name of their ServiceAccount. */
  readonly account: string;
}

/** Creates the StatefulSet of a service, with its identity and its budget. */
export function makeStatefulPods(at: Construct, setting: StatefulPodsSetting, props: StatefulMeshServiceProps): StatefulPods {
  const { name, namespace, podLabels, ports } = setting;
  checkPods(at, props, 'the service');
  const claims = props.volumeClaims ?? {};
  checkClaims(at, claims, props);
  const version: Labels = props.version === undefined ? {} : { version: checkedVersionName(props.version, at) };
  const metadata = { name, namespace, labels: podLabels };
  const serviceAccount = props.serviceAccount ?? new ServiceAccount(at, 'ServiceAccount', { metadata: { ...metadata, name: podsName(name) } });
  const workload = wrapErrors(at, () => new StatefulWorkload(at, 'StatefulSet', {
    ...props,
    metadata,
    selector: podLabels,
    serviceAccount,
    containers: probed(at, withPorts(at, props.containers, ports), ports).map(restricted),
    initContainers: props.initContainers && probed(at, props.initContainers).map(restricted),
    podMetadata: { labels: { ...props.podLabels, ...podLabels, ...version }, annotations: props.podAnnotations },
    headlessName: setting.headlessName,
    firstOrdinal: setting.firstOrdinal,
    podManagementPolicy: props.podManagementPolicy ?? PodManagementPolicy.ORDERED_READY,
    update: setting.update,
    claims,
    placement: props,
    spreadOver: [...props.spreadOverZones ?? true ? [ZONE] : [], ...props.spreadOverHosts ?? true ? [HOST] : []],
  }));
  checkOwnProbes(at, workload);
  checkReferences(at, workload);
  new k8s.KubePodDisruptionBudget(at, 'DisruptionBudget', {
    // The pods of a version of another service may have this name.
    metadata: { ...metadata, name: objectName(name, 'pods') },
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(budget(props.replicas)), selector: { matchLabels: { ...podLabels } } },
  });
  const pods = new PodMetadataBuilder(at, `the pods of ${name}`, workload.podMetadata);
  serveInitContainers(at, workload, pods);
  if (props.metrics) {
    tellMetrics(pods, props.metrics, () => getSidecars(at), ports, at);
  }
  return { workload, pods, account: serviceAccount.name };
}

/** The evictions that leave a majority, and at least one: without any, a node could not be drained. */
function budget(replicas: number): number {
  return Math.max(1, Math.floor((replicas - 1) / 2));
}
