import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Selecting, SelectorIndex } from './selector-index';
import { differIn } from './service-parts';
import { Workload } from './workloads/workload';
import { MeshError } from '../diagnostics/mesh-error';
import { checkAtSynthesis } from '../kernel/collect-errors';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { manifestOf } from '../synthesis/rendered-object';
import { MeshPort } from '../values/mesh-port';
import { MeshProtocol } from '../values/protocol';

/** A Service with its known pods and ports. The selector of a described service is unknown. */
interface SelectingPorts extends Selecting {
  readonly construct: IConstruct;
  readonly name: string;
  readonly ports: TargetPort[];
}

/** A port of the pods. */
type TargetPort = Pick<MeshPort, 'name' | 'port' | 'targetPort' | 'protocol'>;

class SharedTargetRegistry {
  /** Workloads with Services that select their pods. Written by services. Complete at synthesis. */
  public readonly workloads: Workload[] = [];
}

/**
 * Compares the Service of a workload with the others of its cluster, including those of other libraries. Two Services may select the same pods;
 * Istio then uses the protocol of the older one for both (IM1126).
 */
export function checkSharedTargets(workload: Workload): void {
  const [service] = workload.services;
  if (!service) {
    return;
  }
  const all = registryOf(service, SharedTargetRegistry).workloads;
  all.push(workload);
  if (all.length === 1) {
    const cluster = MeshCluster.of(service);
    checkAtSynthesis(cluster, () => conflicts(cluster, all));
  }
}

/** The first service of a workload. Others, such as a headless one, have the same pods. */
function selectingPorts(workload: Workload): SelectingPorts {
  const { namespace, labels, services: [service] } = workload;
  const made = workload.madePods();
  const pods = made ? made.map(({ podLabels }) => podLabels) : [labels];
  return { construct: service, name: service.serviceName, namespace, selector: made && labels, pods, ports: service.ports };
}

function conflicts(cluster: MeshCluster, ours: Workload[]): string[] {
  const byPath = ours.map(workload => ({ path: workload.services[0].node.path, ports: selectingPorts(workload) }));
  const own = byPath.sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ ports }) => ports);
  const foreign = [...cluster._parts.foreign].filter(isService).flatMap(rendered);
  const index = new SelectorIndex<SelectingPorts>([...own, ...foreign]);
  const place = new Map<SelectingPorts, number>(own.map((one, i) => [one, i]));
  // Two services of the library are one pair, which is reported at the later one.
  return own.flatMap((one, i) => index.neighbours(one).filter(other => !((place.get(other) ?? -1) > i)).flatMap(other => problem(one, other)));
}

function problem(one: SelectingPorts, other: SelectingPorts): string[] {
  for (const port of one.ports) {
    const duplicate = other.ports.find(({ targetPort }) => targetPort === port.targetPort);
    if (duplicate && differIn(duplicate, port)) {
      return [new MeshError('IM1126', one.construct, {
        problem: `the Services ${one.name} and ${other.name} have target port ${port.targetPort} of the same pods, but the protocols ${port.name} and ${
          duplicate.name} of it; ${other.name} is ${other.construct.node.path}`,
        found: `${port.port} (${port.name}), ${duplicate.port} (${duplicate.name})`,
        next: 'use one protocol in both, two ports of the application, or labels that distinguish the pods',
      }).message];
    }
  }
  return [];
}

function isService({ kind, apiGroup }: ApiObject): boolean {
  return kind === 'Service' && apiGroup === 'core';
}

/** A Service of another library. The numbers of named target ports are unknown. */
function rendered(object: ApiObject): SelectingPorts[] {
  const { metadata, spec } = manifestOf(object);
  const ports = ((spec?.ports ?? []) as KubePort[])
    .filter(({ targetPort, protocol }) => typeof targetPort !== 'string' && (protocol ?? 'TCP') === 'TCP')
    .flatMap(port => portByName(port.appProtocol ?? port.name ?? '', port));
  return spec?.selector ? [{ construct: object, name: metadata.name!, namespace: metadata.namespace, selector: spec.selector, pods: [], ports }] : [];
}

/** The port with the protocol from its name or `appProtocol`. Undefined without them: then the sidecar detects the protocol. */
function portByName(protocolName: string, { port, targetPort }: KubePort): TargetPort[] {
  const [protocol] = Object.values(MeshProtocol).filter(each => protocolName === each || protocolName.startsWith(`${each}-`)).sort((a, b) => b.length - a.length);
  return protocol === undefined ? [] : [{ name: protocolName, port, targetPort: Number(targetPort ?? port), protocol }];
}

interface KubePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly appProtocol?: string;
}
