import { ContainerProps } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PodOptions } from './pod-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { portNumber } from '../../values/mesh-port';
import { dnsLabel } from '../../values/names';
import { checkWithSidecars } from '../workloads/sidecars';

/** The names of the containers that the injection adds. */
const INJECTED = ['istio-init', 'istio-proxy', 'istio-validation'];

/** An image that the injection replaces: such a container is the sidecar itself, with custom settings. */
const TO_BE_INJECTED = 'auto';

/** The user and group of sidecars, whose traffic is not redirected. */
const SIDECAR = 1337;

/** Refuses invalid containers, and containers that conflict with the sidecar. */
export function checkContainers(scope: Construct, options: PodOptions): void {
  allContainers(options).forEach(container => checkContainer(scope, container));
  const names = containerNames(options);
  names.forEach(name => dnsLabel(name, scope, 'the name of a container'));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) {
    throw new MeshError('IM1106', scope, { problem: `two containers have the name ${twice}`, got: names });
  }
  checkWithSidecars(scope, () => checkBesideSidecar(scope, options));
}

function allContainers({ containers, initContainers }: PodOptions): ContainerProps[] {
  return initContainers ? [...containers, ...initContainers] : containers;
}

/** The names of all containers, including the default names of cdk8s-plus. */
export function containerNames({ containers, initContainers = [] }: PodOptions): string[] {
  return [...containers.map(container => container.name ?? 'main'), ...initContainers.map((container, i) => container.name ?? `init-${i}`)];
}

/** The ports of one transport that a container declares itself. */
export function declared(container: ContainerProps, transport: string): number[] {
  const { ports = [] } = container;
  const own = transport === 'TCP' ? [container.portNumber, container.port].filter(port => port !== undefined) : [];
  return [...own, ...ports.filter(port => (port.protocol ?? 'TCP') === transport).map(port => port.number)];
}

function checkContainer(scope: Construct, container: ContainerProps): void {
  if (container.image === '') {
    throw new MeshError('IM0001', scope, { problem: 'a container has no image', got: '', allowed: 'the reference of an image, such as docker.io/library/nginx:1.27' });
  }
  [...declared(container, 'TCP'), ...declared(container, 'UDP')].forEach(port => portNumber(port, scope, 'a port of a container'));
}

/** Refuses containers with names that the injection uses, and containers whose traffic bypasses the sidecar. */
function checkBesideSidecar(scope: Construct, options: PodOptions): void {
  const all = allContainers(options);
  const taken = all.find(({ name, image }) => name !== undefined && INJECTED.includes(name) && image !== TO_BE_INJECTED);
  if (taken) {
    throw new MeshError('IM1106', scope, { problem: `the injection adds a container ${taken.name}, and would merge the two`, got: taken.name, next: 'give the container another name' });
  }
  if ([options, ...all].some(({ securityContext }) => securityContext?.user === SIDECAR || securityContext?.group === SIDECAR)) {
    throw new MeshError('IM1115', scope, {
      problem: `the user and group ${SIDECAR} belong to sidecars: traffic of such containers bypasses the sidecar`, got: SIDECAR, allowed: `any but ${SIDECAR}`, next: 'run the containers as another user',
    });
  }
}
