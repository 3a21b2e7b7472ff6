import { Container, ContainerProps, k8s, Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkContainers, declared } from './container-checks';
import { PodOptions } from './pod-options';
import { checkPlacement } from './pod-placement';
import { MeshError } from '../../diagnostics/mesh-error';
import { extended } from '../../values/extended';
import { annotation, labels, Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** Refuses invalid options of pods. */
export function checkPods(scope: Construct, options: PodOptions, what: string): void {
  const { containers, podLabels = {}, podAnnotations = {} } = options;
  if (containers.length === 0) {
    throw new MeshError('IM1103', scope, { problem: `${what} has no container`, got: containers, next: 'add at least one container' });
  }
  checkContainers(scope, options);
  labels(podLabels, scope);
  const reserved = ['app', 'version'].find(key => key in podLabels);
  if (reserved) {
    throw new MeshError('IM1110', scope, { problem: `the library sets the label ${reserved}, by which the service selects its pods`, got: podLabels });
  }
  Object.entries(podAnnotations).forEach(([key, value]) => annotation(key, value, scope));
  checkPlacement(scope, options);
}

export function checkCount(scope: Construct, what: string, count: number | undefined, least: number, required = false): void {
  if ((count !== undefined || required) && (!Number.isInteger(count) || count! < least || count! > 2 ** 31 - 1)) {
    throw new MeshError('IM1108', scope, { problem: `${what} is not a valid number of pods`, got: count, allowed: `a whole number, at least ${least}` });
  }
}

/** Prefers nodes or zones with fewer pods. Unlike `spread` of cdk8s-plus, it never keeps a pod pending. */
export function spreadOver(topologyKey: string, selector: Labels): k8s.TopologySpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { ...selector } } };
}

/** The key of the zone of a node. */
export const ZONE = 'topology.kubernetes.io/zone';

/** The key of the node itself. */
export const HOST = 'kubernetes.io/hostname';

/** The containers, with the ports of the service that they do not declare themselves. */
export function withPorts(scope: Construct, containers: ContainerProps[], ports: MeshPort[]): ContainerProps[] {
  const missing = containers.map((): k8s.ContainerPort[] => []);
  for (const port of ports) {
    const owner = ownerOf(scope, containers, port);
    const found = missing[owner].some(({ containerPort, protocol }) => containerPort === port.targetPort && protocol === port._transport);
    if (!found && !declared(containers[owner], port._transport).includes(port.targetPort)) {
      missing[owner].push({ containerPort: port.targetPort, protocol: port._transport });
    }
  }
  return containers.map((container, i) => extended(container, {
    ports: (container.ports ?? []).concat(missing[i].map(({ containerPort, protocol }) => ({ number: containerPort, protocol: protocol as never }))),
  }));
}

/**
 * Refuses ports of a service that no container of an existing workload declares. Containers without declared ports are not checked,
 * nor is a workload that has no containers yet.
 */
export function checkListeners(scope: Construct, workload: Workload, ports: MeshPort[]): void {
  const all = [...workload.containers, ...workload.initContainers];
  const names = all.map(({ name }) => name);
  for (const port of all.length === 0 ? [] : ports) {
    if (port.container !== undefined && !names.includes(port.container)) {
      throw unknownContainer(scope, port, names);
    }
    const candidates = port.container === undefined ? all : all.filter(({ name }) => name === port.container);
    const listed = candidates.flatMap(({ ports: declarations }) => declarations);
    if (listed.length > 0 && !listed.some(({ number, protocol = 'TCP' }) => number === port.targetPort && protocol === port._transport)) {
      const undeclared = port.container === undefined ? 'no container declares' : `container ${port.container} does not declare`;
      throw new MeshError('IM1107', scope, {
        problem: `no container listens for port ${port.port}: ${undeclared} ${port._transport} port ${port.targetPort}`,
        got: port.targetPort,
        allowed: declarationsOf(candidates),
        next: 'set the port of the container, { targetPort: … }, or declare it in the container',
      });
    }
  }
}

function declarationsOf(containers: Container[]): string {
  return containers.flatMap(({ name, ports }) => ports.map(({ number, protocol = 'TCP' }) => `${number} ${protocol} (${name})`)).join(', ');
}

function ownerOf(scope: Construct, containers: ContainerProps[], port: MeshPort): number {
  const names = () => containers.map(container => container.name ?? 'main');
  if (port.container !== undefined) {
    const place = names().indexOf(port.container);
    if (place < 0) {
      throw unknownContainer(scope, port, names());
    }
    return place;
  }
  const declaring = containers.findIndex(container => declared(container, port._transport).includes(port.targetPort));
  if (declaring < 0 && containers.length > 1) {
    throw new MeshError('IM1107', scope, {
      problem: `no container declares port ${port.targetPort}, and the pod has several`,
      allowed: names().join(', '),
      next: `set the container that listens: { container: '${names()[0]}' }`,
    });
  }
  return Math.max(declaring, 0);
}

function unknownContainer(scope: Construct, port: MeshPort, names: string[]): MeshError {
  return new MeshError('IM1107', scope, { problem: `port ${port.port} names an unknown container`, got: port.container, allowed: names.join(', ') });
}
