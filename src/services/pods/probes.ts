import { ContainerProps, k8s, Workload } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { declared } from './container-checks';
import { RenderedWorkload } from './selected-pods';
import { MeshError } from '../../diagnostics/mesh-error';
import { refuseAtSynthesis, wrapErrors } from '../../kernel/collect-errors';
import { writtenMetadata } from '../../kernel/written-metadata';
import { MeshPort } from '../../values/mesh-port';

/** A probe or a lifecycle hook of a container, as cdk8s-plus renders it. */
interface Asking {
  _toKube(container: object): k8s.Probe;
}

const PROBES = ['liveness', 'readiness', 'startup'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** The port that cdk8s-plus uses if a probe and its container have none. */
const FALLBACK = 80;

/**
 * The containers, whose probes without a port use the only port of the container, or the only one of the service.
 * cdk8s-plus only reads `portNumber`, and otherwise uses port 80.
 */
export function probed(at: Construct, containers: ContainerProps[], ports: MeshPort[] = []): ContainerProps[] {
  return containers.map(container => {
    const { portNumber, port, lifecycle } = container;
    if ((portNumber ?? port) !== undefined || (!lifecycle && PROBES.every(kind => container[kind] === undefined))) {
      return container;
    }
    const known = [...new Set(declared(container, 'TCP'))];
    const served = known.filter(each => ports.some(({ targetPort, _transport }) => targetPort === each && _transport === 'TCP'));
    const only = [known, served].find(list => list.length === 1)?.[0];
    const each = (kinds: readonly string[], given: object, what: string) => Object.fromEntries(Object.entries(given)
      .filter(([kind, asks]) => kinds.includes(kind) && follows(asks)).map(([kind, asks]) => [kind, asking(asks, only ?? none(at, `${kind} ${what}`, known))]));
    return { ...container, ...each(PROBES, container, 'probe'), ...lifecycle && { lifecycle: { ...lifecycle, ...each(HOOKS, lifecycle, 'hook') } } };
  });
}

/** Refuses, at synthesis, probes of ports that no container of the pods declares. */
export function checkProbes(at: Construct, workload: Workload, ports: MeshPort[] = []): void {
  refuseAtSynthesis(at, () => checkContainers(at, workload, ports, renderedContainers(at, workload)));
}

/** The same for a workload that the library renders. */
export function checkOwnProbes(at: Construct, workload: RenderedWorkload): void {
  refuseAtSynthesis(at, () => checkContainers(at, workload, [], containersOf(workload) ?? renderedContainers(at, workload)));
}

function renderedContainers(at: Construct, { containers, initContainers }: Workload): k8s.Container[] {
  return [...containers, ...initContainers].map(container => wrapErrors(at, () => container._toKube()));
}

/** The containers as another check renders them. Undefined if they cannot be rendered, which is an error of each container. */
function containersOf(workload: RenderedWorkload): k8s.Container[] | undefined {
  try {
    const { containers, initContainers = [] } = workload._toKube().template.spec!;
    return [...containers, ...initContainers];
  } catch {
    return undefined;
  }
}

/** The port of the pods' metrics. A container listens there even if it does not declare the port. */
function metricsOf(at: IConstruct, { podMetadata }: Workload): number[] {
  const { annotations } = writtenMetadata(at, podMetadata);
  return 'prometheus.io/port' in annotations ? [Number(annotations['prometheus.io/port'])] : [];
}

function checkContainers(at: IConstruct, workload: Workload, ports: MeshPort[], containers: readonly k8s.Container[]): void {
  const metrics = metricsOf(at, workload);
  const containerPorts = containers.flatMap(container => (container.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort));
  const known = [...new Set([...containerPorts, ...ports.filter(({ _transport }) => _transport === 'TCP').map(({ targetPort }) => targetPort)])];
  for (const { name, livenessProbe, readinessProbe, startupProbe, lifecycle } of containers) {
    const asked = {
      'liveness probe': livenessProbe, 'readiness probe': readinessProbe, 'startup probe': startupProbe, 'postStart hook': lifecycle?.postStart, 'preStop hook': lifecycle?.preStop,
    };
    for (const [what, asks] of Object.entries(asked)) {
      const port = (asks?.httpGet?.port ?? asks?.tcpSocket?.port)?.value;
      if (typeof port === 'number' && known.length > 0 && ![...known, ...metrics].includes(port) && (containerPorts.length > 0 || port === FALLBACK)) {
        throw new MeshError('IM1712', at, {
          problem: `the ${what} of container ${name} uses port ${port}, on which no container listens`,
          got: port,
          allowed: known.sort((a, b) => a - b).join(', '),
          next: 'set the port, { port: … }, or declare it in the container: { ports: [{ number: … }] }',
        });
      }
    }
  }
}

function none(at: IConstruct, what: string, known: number[]): never {
  throw new MeshError('IM1712', at, {
    problem: `the ${what} has no port, and its container has ${known.length === 0 ? 'none' : 'several'}`, got: known, next: 'set the port: { port: … }',
  });
}

/** Whether a probe depends on the container's port. */
function follows(asks: unknown): asks is Asking {
  const { _toKube: known } = (asks ?? {}) as Partial<Asking>;
  const [one, other] = [1, 2].map(portNumber => typeof known === 'function' && JSON.stringify((asks as Asking)._toKube({ portNumber })));
  return one !== other;
}

function asking(asks: Asking, portNumber: number): Asking {
  const _toKube = (container: object) => asks._toKube(Object.create(container, { portNumber: { value: portNumber } }));
  return Object.assign(Object.create(asks) as Asking, { _toKube });
}
