import { Container, ContainerProps, k8s, Workload } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { declared } from './container-checks';
import { MeshError } from '../../diagnostics/mesh-error';
import { wrapErrors, collectErrors } from '../../kernel/collect-errors';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** A probe, or a hook of a container, as cdk8s-plus writes it. */
interface Asking {
  _toKube(container: object): k8s.Probe;
}

const PROBES = ['liveness', 'readiness', 'startup'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** The port of a probe that names none, where cdk8s-plus knows no port of the container. */
const FALLBACK = 80;

/**
 * The containers, whose probes without a port ask the container's own port: the only one that it has, or the only one of the service.
 * cdk8s-plus looks at `portNumber` alone, and asks port 80 otherwise.
 */
export function probed(at: Construct, containers: ContainerProps[], ports: MeshPort[] = []): ContainerProps[] {
  return containers.map(container => {
    const known = [...new Set(declared(container, 'TCP'))];
    const served = known.filter(port => ports.some(({ targetPort, _transport }) => targetPort === port && _transport === 'TCP'));
    const only = [known, served].find(list => list.length === 1)?.[0];
    const each = (kinds: readonly string[], given: object, what: string) => Object.fromEntries(Object.entries(given)
      .filter(([kind, asks]) => kinds.includes(kind) && follows(asks)).map(([kind, asks]) => [kind, asking(asks, only ?? none(at, `${kind} ${what}`, known))]));
    if ((container.portNumber ?? container.port) !== undefined) {
      return container;
    }
    return { ...container, ...each(PROBES, container, 'probe'), ...container.lifecycle ? { lifecycle: { ...container.lifecycle, ...each(HOOKS, container.lifecycle, 'hook') } } : {} };
  });
}

/** Refuses, at synthesis, probes of ports on which no container of the pods listens, as far as the containers say. */
export function checkProbes(at: Construct, workload: Workload, ports: MeshPort[] = []): void {
  const all = () => [...workload.containers, ...workload.initContainers];
  at.node.addValidation({ validate: () => collectErrors(at, () => checkContainers(at, all(), ports, metricsOf(workload))) });
}

/** The port on which the pods tell their metrics: a container listens there, whether it declares it or not. */
function metricsOf({ podMetadata }: Workload): number[] {
  const { annotations = {} } = (podMetadata.toJson() ?? {}) as { annotations?: Labels };
  return 'prometheus.io/port' in annotations ? [Number(annotations['prometheus.io/port'])] : [];
}

function checkContainers(at: IConstruct, all: Container[], ports: MeshPort[], metrics: number[]): void {
  const containers = all.map(container => wrapErrors(at, () => container._toKube()));
  const said = containers.flatMap(container => (container.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort));
  const known = [...new Set([...said, ...ports.filter(({ _transport }) => _transport === 'TCP').map(({ targetPort }) => targetPort)])];
  for (const { name, livenessProbe, readinessProbe, startupProbe, lifecycle } of containers) {
    const asked = {
      'liveness probe': livenessProbe, 'readiness probe': readinessProbe, 'startup probe': startupProbe, 'postStart hook': lifecycle?.postStart, 'preStop hook': lifecycle?.preStop,
    };
    for (const [what, asks] of Object.entries(asked)) {
      const port = (asks?.httpGet?.port ?? asks?.tcpSocket?.port)?.value;
      if (typeof port === 'number' && known.length > 0 && ![...known, ...metrics].includes(port) && (said.length > 0 || port === FALLBACK)) {
        throw new MeshError('IM1712', at, {
          problem: `the ${what} of container ${name} asks port ${port}, on which no container listens`,
          got: port,
          allowed: known.sort((a, b) => a - b).join(', '),
          next: 'name the port, { port: … }, or declare it in the container: { ports: [{ number: … }] }',
        });
      }
    }
  }
}

function none(at: IConstruct, what: string, known: number[]): never {
  throw new MeshError('IM1712', at, {
    problem: `the ${what} names no port, and its container has ${known.length === 0 ? 'none' : 'several'}`, got: known, next: 'name the port: { port: … }',
  });
}

/** Whether it asks the port that its container has: what is written differs with that port. */
function follows(asks: unknown): asks is Asking {
  const { _toKube: known } = (asks ?? {}) as Partial<Asking>;
  const [one, other] = [1, 2].map(portNumber => typeof known === 'function' && JSON.stringify((asks as Asking)._toKube({ portNumber })));
  return one !== other;
}

function asking(asks: Asking, portNumber: number): Asking {
  const _toKube = (container: object) => asks._toKube(Object.create(container, { portNumber: { value: portNumber } }));
  return Object.assign(Object.create(asks) as Asking, { _toKube });
}
