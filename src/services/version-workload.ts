import { ContainerProps, Deployment, HorizontalPodAutoscaler, IServiceAccount, k8s, Metric, MetricTarget } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshVersionOptions } from './mesh-version';
import { MetadataFacts } from './metadata-facts';
import { VersionDeployment } from './version-deployment';
import { MeshError } from '../diagnostics/mesh-error';
import { guarded } from '../kernel/guarded';
import { annotation, labels, Labels } from '../values/labels';
import { MeshPort, portNumber } from '../values/mesh-port';
import { dnsLabel } from '../values/names';

/** What a service knows of a workload of its own. */
export interface WorkloadSetting {
  /** The name of the Deployment and what belongs to it. */
  readonly name: string;
  readonly namespace: string;
  /** The labels `app` and `version`. */
  readonly selector: Labels;
  readonly ports: MeshPort[];
}

/** What runs a version: its Deployment, and what others add to its pods. */
export interface VersionWorkload {
  readonly deployment: Deployment;
  readonly pods: MetadataFacts;
}

/** Makes the Deployment of a version, with its autoscaler and its budget. */
export function makeWorkload(
  scope: Construct, setting: WorkloadSetting, options: MeshVersionOptions, serviceAccount: IServiceAccount,
): VersionWorkload {
  checkOptions(scope, options);
  const { name, namespace, selector } = setting;
  const metadata = { name: dnsLabel(name, scope, 'the name of the Deployment'), namespace, labels: { ...selector } };
  const deployment = guarded(scope, () => new VersionDeployment(scope, 'Deployment', {
    ...options,
    metadata,
    selector,
    serviceAccount,
    spreadOverZones: options.spreadOverZones ?? true,
    containers: withPorts(scope, options.containers, setting.ports),
    replicas: options.autoscaling ? undefined : options.replicas ?? 1,
    podMetadata: { labels: { ...options.podLabels, ...selector }, annotations: options.podAnnotations },
  }));
  if (options.autoscaling) {
    const { metrics = [Metric.resourceCpu(MetricTarget.averageUtilization(80))], ...rest } = options.autoscaling;
    guarded(scope, () => new HorizontalPodAutoscaler(scope, 'Autoscaler', { ...rest, metrics, target: deployment, metadata }));
  }
  if (options.autoscaling || (options.replicas ?? 1) > 1) {
    new k8s.KubePodDisruptionBudget(scope, 'DisruptionBudget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: { ...selector } } },
    });
  }
  return { deployment, pods: new MetadataFacts(`the pods of ${name}`, deployment.podMetadata) };
}

/** Takes a Deployment that is there: its pods get the labels that the service selects by. */
export function takeWorkload(scope: Construct, setting: WorkloadSetting, deployment: Deployment): VersionWorkload {
  if (deployment.metadata.namespace !== setting.namespace) {
    throw new MeshError('IM1110', scope, {
      problem: `the Deployment ${deployment.name} is in another namespace than the service`,
      got: deployment.metadata.namespace,
      allowed: setting.namespace,
      next: 'give the Deployment { metadata: namespace.metadata(\'…\') }',
    });
  }
  const pods = new MetadataFacts(`the pods of ${setting.name}`, deployment.podMetadata);
  Object.entries(setting.selector).forEach(([key, value]) => pods.addLabel(key, value, scope));
  return { deployment, pods };
}

function checkOptions(scope: Construct, options: MeshVersionOptions): void {
  const { containers, initContainers = [], replicas, autoscaling, podLabels = {}, podAnnotations = {} } = options;
  if (containers.length === 0) {
    throw new MeshError('IM1103', scope, { problem: 'the version has no container', got: containers, next: 'name at least one container' });
  }
  [...containers, ...initContainers].forEach(({ image }) => {
    if (typeof image !== 'string' || image === '') {
      throw new MeshError('IM0001', scope, { problem: 'a container has no image', got: image, allowed: 'the reference of an image, such as docker.io/library/nginx:1.27' });
    }
  });
  [...containers, ...initContainers].flatMap(container => [...declared(container, 'TCP'), ...declared(container, 'UDP')])
    .forEach(port => portNumber(port, scope, 'a port of a container'));
  const names = [...containers.map(container => container.name ?? 'main'), ...initContainers.map((container, i) => container.name ?? `init-${i}`)];
  names.forEach(name => dnsLabel(name, scope, 'the name of a container'));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) {
    throw new MeshError('IM1106', scope, { problem: `two containers are called ${twice}`, got: names });
  }
  if (replicas !== undefined && autoscaling) {
    throw new MeshError('IM1109', scope, { problem: 'replicas and autoscaling are both set', got: { replicas, autoscaling } });
  }
  checkCount(scope, 'replicas', replicas, 0);
  if (autoscaling) {
    checkCount(scope, 'autoscaling.minReplicas', autoscaling.minReplicas, 1);
    checkCount(scope, 'autoscaling.maxReplicas', autoscaling.maxReplicas, autoscaling.minReplicas ?? 1, true);
  }
  labels(podLabels, scope);
  const reserved = ['app', 'version'].find(key => key in podLabels);
  if (reserved) {
    throw new MeshError('IM1110', scope, { problem: `the label ${reserved} is what the service selects its pods by`, got: podLabels });
  }
  Object.entries(podAnnotations).forEach(([key, value]) => annotation(key, value, scope));
}

function checkCount(scope: Construct, what: string, count: number | undefined, least: number, required = false): void {
  if ((count !== undefined || required) && (!Number.isInteger(count) || count! < least)) {
    throw new MeshError('IM1108', scope, { problem: `${what} is no count of pods`, got: count, allowed: `a whole number, at least ${least}` });
  }
}

/** The containers, each with those ports of the service that it listens on and does not declare itself. */
function withPorts(scope: Construct, containers: ContainerProps[], ports: MeshPort[]): ContainerProps[] {
  const missing = containers.map((): k8s.ContainerPort[] => []);
  for (const port of ports) {
    const owner = ownerOf(scope, containers, port);
    const found = missing[owner].some(({ containerPort, protocol }) => containerPort === port.targetPort && protocol === port._transport);
    if (!found && !declared(containers[owner], port._transport).includes(port.targetPort)) {
      missing[owner].push({ containerPort: port.targetPort, protocol: port._transport });
    }
  }
  return containers.map((container, i) => ({
    ...container,
    ports: [...container.ports ?? [], ...missing[i].map(({ containerPort, protocol }) => ({ number: containerPort, protocol: protocol as never }))],
  }));
}

/** The ports of one transport that a container declares itself. */
function declared(container: ContainerProps, transport: string): number[] {
  const ports = [
    ...transport === 'TCP' ? [container.portNumber, container.port] : [],
    ...(container.ports ?? []).filter(port => (port.protocol ?? 'TCP') === transport).map(port => port.number),
  ];
  return ports.filter(port => port !== undefined);
}

function ownerOf(scope: Construct, containers: ContainerProps[], port: MeshPort): number {
  const names = containers.map(container => container.name ?? 'main');
  if (port.container !== undefined) {
    if (!names.includes(port.container)) {
      throw new MeshError('IM1107', scope, { problem: `port ${port.port} names a container that is not there`, got: port.container, allowed: names.join(', ') });
    }
    return names.indexOf(port.container);
  }
  const declaring = containers.findIndex(container => declared(container, port._transport).includes(port.targetPort));
  if (declaring < 0 && containers.length > 1) {
    throw new MeshError('IM1107', scope, {
      problem: `no container declares port ${port.targetPort}, and there are several`,
      allowed: names.join(', '),
      next: `name the one that listens: { container: '${names[0]}' }`,
    });
  }
  return Math.max(declaring, 0);
}
