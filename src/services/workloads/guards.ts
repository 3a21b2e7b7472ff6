import { IConstruct } from 'constructs';
import { meshModeAround, modeOfWorkload } from '../peer-authentication';
import { constructsOf, MeshWorkload, workloadsAround } from './workloads';
import { knownMesh } from '../../kernel/known-mesh';
import { knownNamespace } from '../../kernel/known-namespaces';
import { perCluster } from '../../kernel/mesh-cluster';
import { MutualTls } from '../../values/mutual-tls';
import { OutboundTrafficPolicy } from '../../values/outbound-traffic-policy';
import { Call, callsOf } from '../calls/recorded-calls';

/** A construct whose policies the sidecars of workloads enforce. */
export interface Guard {
  readonly source: IConstruct;
  /** Whether it is about what the workload sends, too. */
  readonly outbound: boolean;
  /** The provider of the mesh config that sidecars ask, where there is one. */
  readonly provider?: string;
  /** Whether NetworkPolicies say the same to the network. */
  readonly network?: boolean;
  /** Whether it is about a workload. Asked when all have spoken. */
  covers(workload: MeshWorkload): boolean;
}

const guards = perCluster((): Guard[] => []);

/** Announces policies that sidecars enforce. */
export function declareGuard(guard: Guard): void {
  guards(guard.source).push(guard);
}

/** The providers that the sidecars of a workload ask. Complete when all have spoken. */
export function providersAsked(workload: MeshWorkload): string[] {
  return guards(workload.scope).filter(guard => guard.provider !== undefined && guard.covers(workload)).map(({ provider }) => provider!);
}

/** The construct whose NetworkPolicies are for pods of a namespace, where there is one. Complete when all have spoken. */
export function networkGuard(scope: IConstruct, namespace: string): IConstruct | undefined {
  const whole = knownNamespace(scope, namespace).guardedBy;
  const here = workloadsAround(scope).filter(workload => workload.namespace === namespace);
  return guards(scope).find(guard => guard.network && (guard.source === whole || here.some(workload => guard.covers(workload))))?.source;
}

/**
 * What is contradicted where connections to ports of a workload reach its application without the sidecar; nothing where no construct says
 * anything of them. Complete when all have spoken.
 *
 * @param passes which ports of the application are meant
 * @param further whether ports are meant of which the workload says nothing
 */
export function inboundPromise(workload: MeshWorkload, passes: (port: number) => boolean, further: boolean): string | undefined {
  const { scope, name, namespace, ports } = workload;
  const mutualTls = modeOfWorkload(workload);
  const guard = guards(scope).find(each => each.covers(workload));
  if (guard) {
    return `${guard.source.node.path} has the sidecar decide who gets in`;
  }
  const known = knownNamespace(scope, namespace);
  const mode = mutualTls ?? known.mutualTls ?? meshModeAround(scope);
  const served = ports.filter(({ targetPort, _transport }) => _transport === 'TCP' && passes(targetPort));
  if (mode === MutualTls.STRICT && further) {
    const source = mutualTls === undefined ? known.sourceOf('mutual TLS') : scope.node.scope;
    return `${source?.node.path ?? 'the mesh'} takes mutual TLS alone`;
  }
  const port = served.find(each => (each.mutualTls ?? mode) !== MutualTls.DISABLE);
  if (!port) {
    return undefined;
  }
  return (port.mutualTls ?? mode) === MutualTls.STRICT
    ? `port ${port.port} (${port.name}) of ${name} takes mutual TLS alone`
    : `sidecars of callers speak mutual TLS to port ${port.port} (${port.name}) of ${name}, which the application does not`;
}

/**
 * What is contradicted where connections of a workload leave without its sidecar; nothing where no construct says anything of them. Complete when
 * all have spoken.
 *
 * @param passes which calls are meant
 */
export function outboundPromise(workload: MeshWorkload, passes: (call: Call) => boolean): string | undefined {
  const { scope, namespace, name } = workload;
  const guard = guards(scope).find(each => each.outbound && each.covers(workload));
  if (guard) {
    return `${guard.source.node.path} has the sidecar decide what gets out`;
  }
  const known = knownNamespace(scope, namespace);
  if ((known.outbound ?? knownMesh(scope).outboundTrafficPolicy) === OutboundTrafficPolicy.REGISTRY_ONLY) {
    return `${known.sourceOf('outbound traffic')?.node.path ?? 'the mesh'} lets out what is declared alone`;
  }
  const constructs = constructsOf(workload);
  const edge = callsOf(scope, constructs).find(each => each.caller.construct && constructs.includes(each.caller.construct) && passes(each));
  return edge && `${name} calls port ${edge.port.port} (${edge.port.name}) of ${edge.callee.name}: without the sidecar such calls have no identity and no routes`;
}
