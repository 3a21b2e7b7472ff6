import { IConstruct } from 'constructs';
import { GuardedWorkload } from './guarded-workload';
import { MeshError } from '../diagnostics/mesh-error';
import { knownMesh } from '../kernel/known-mesh';
import { knownNamespace } from '../kernel/known-namespaces';
import { MeshCluster } from '../kernel/mesh-cluster';
import { Call, callsIn, callsOf } from '../services/calls/recorded-calls';
import { checkIdentity } from '../services/calls/shared-identity';
import { MeshServiceBase } from '../services/mesh-service-base';
import { arePods, gatewayAttributes, isGateway } from '../services/workloads/gateway-pods';
import { meshModeAround } from '../services/workloads/mutual-tls-modes';
import { hasSidecars } from '../services/workloads/sidecars';
import { gatewayWorkloadsAround, madeWorkloadOf } from '../services/workloads/workloads';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';
import { MeshProtocol } from '../values/protocol';

/** Refuses a workload whose calls no policy could tell apart. */
export function checkWorkload({ workload: { name, scope, namespace: where, services, peerPorts, mutualTls } }: GuardedWorkload): void {
  const namespace = knownNamespace(scope, where);
  if (where === MeshCluster.of(scope).rootNamespace) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `${where} is the root namespace: a policy for the pods of ${name} would be for pods with their labels in every namespace`,
      got: where,
      next: 'give the service a namespace of its own',
    });
  }
  if (!namespace.hasSidecars) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `the pods of ${name} get no sidecar: nobody would enforce a policy, and their own calls have no identity`,
      next: 'give least privilege the scope of namespaces whose pods get one',
    });
  }
  const near = mutualTls ?? namespace.mutualTls;
  const mode = near ?? meshModeAround(scope);
  if (mode === MutualTls.DISABLE) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `the pods of ${name} take plain text alone: no caller has an identity`,
      got: mode,
      next: `let the ${mutualTls ? 'service' : near ? 'namespace' : 'mesh'} take mutual TLS`,
    });
  }
  if (near !== MutualTls.STRICT && knownMesh(scope).autoMtls === false) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `sidecars of the mesh use no mutual TLS by themselves, and ${name} does not insist on it: no caller has an identity`,
      found: 'autoMtls: false',
      next: 'let the service or its namespace take nothing but mutual TLS, or leave `autoMtls` out',
    });
  }
  peerPorts.forEach(port => checkMode(port, name, placeOf(scope)));
  checkPeers(services[0], peerPorts);
}

/** Peers are let in by their ServiceAccount, which another pod must not have. */
function checkPeers(service: IConstruct | undefined, ports: MeshPort[]): void {
  if (service instanceof MeshServiceBase) {
    const peers = ports.map((port): Call => ({ caller: service._caller(), callee: service.toCallee()._attributes, port }));
    const edges = [...peers, ...callsOf(service, service._workload.services)];
    peers.forEach(edge => checkIdentity(edge, edges));
  }
}

function checkMode({ port, name, mutualTls }: MeshPort, service: string, at: IConstruct): void {
  if (mutualTls === MutualTls.DISABLE) {
    throw new MeshError('IM1804', at, {
      problem: `port ${port} (${name}) of ${service} takes plain text alone: no caller has an identity`, got: mutualTls, next: 'let the port take mutual TLS, or declare no calls of it',
    });
  }
}

/** Refuses an edge to or from a workload that policies cannot say. */
export function checkCalls(guarded: GuardedWorkload, networkPolicies: boolean): void {
  for (const { caller, callee } of guarded.unknownEdges) {
    const [of, version] = callee.version === undefined ? [caller.name, caller.version] : [callee.name, callee.version];
    throw new MeshError('IM1804', placeOf(guarded.workload.scope), {
      problem: `${version} is a pod of ${of}, which no identity and no port tells from the others: ${caller.name} calls ${callee.name}`,
      got: version,
      next: 'declare the calls of all pods: of the service, or to dial them by name, to its `headless`',
    });
  }
  const edges = guarded.allEdgesTo;
  for (const edge of edges) {
    checkPort(edge, networkPolicies);
    checkMode(edge.port, edge.callee.name, edge.callee.construct);
    checkCaller(edge);
    checkIdentity(edge, edges);
    if (networkPolicies && edge.caller.identity().podLabels === undefined) {
      throw new MeshError('IM1807', placeOf(guarded.workload.scope), {
        problem: `${edge.caller.name} calls ${edge.callee.name}, and the labels of its pods are not known`, next: 'name its `podLabels`',
      });
    }
  }
  for (const { callee } of guarded.allEdgesFrom) {
    if (networkPolicies && callee.pods && Object.keys(callee.pods.labels).length === 0) {
      throw new MeshError('IM1807', callee.construct, { problem: `${guarded.workload.name} calls ${callee.name}, and the labels of its pods are not known`, next: 'name its `podLabels`' });
    }
  }
}

/** A caller without a sidecar shows no identity. A job without one is refused where its identity is asked for. */
function checkCaller({ caller, callee }: Call): void {
  const { construct } = caller;
  const foreign = !construct && caller.identity().trustDomain !== undefined;
  const namespace = construct instanceof MeshServiceBase ? construct.namespace : construct || foreign ? undefined : caller.identity().namespace;
  if (namespace !== undefined && !hasSidecars(callee.construct, namespace)) {
    throw new MeshError('IM1804', construct ?? callee.construct, {
      problem: `the pods of ${caller.name} get no sidecar: they have no identity, and ${callee.name} would refuse their calls`, got: namespace, next: 'let the pods have sidecars',
    });
  }
}

/**
 * Refuses edges of pods that are no workload of ours in a namespace that is refused as a whole: what is not made here has no objects
 * that would let it call or be called.
 */
export function checkUnknownPods(at: IConstruct, isWhole: (namespace: string) => boolean): void {
  const refuse = (name: string, namespace: string, construct: IConstruct) => {
    throw new MeshError('IM1804', construct, {
      problem: `${name} is made elsewhere and runs in ${namespace}, where whatever is not made here calls nobody and is called by nobody`,
      got: namespace,
      next: 'make the namespace elsewhere as well and refer to it by MeshNamespace.fromExisting(), or give what is made elsewhere a namespace of its own',
    });
  };
  for (const { caller, callee } of callsIn(at)) {
    const { construct } = caller;
    const gateway = construct && isGateway(construct) ? gatewayAttributes(construct).pods : undefined;
    const from = construct instanceof MeshServiceBase ? construct.namespace : construct ? gateway?.namespace : caller.identity().namespace;
    const made = construct && (madeWorkloadOf(construct) || gatewayWorkloadsAround(at).some(workload => arePods(workload, construct)));
    if (from !== undefined && isWhole(from) && !made) {
      refuse(caller.name, from, construct ?? at);
    }
    if (callee.pods && isWhole(callee.pods.namespace) && !madeWorkloadOf(callee.construct)) {
      refuse(callee.name, callee.pods.namespace, callee.construct);
    }
  }
}

function checkPort({ port, callee }: Call, networkPolicies: boolean): void {
  if (port.protocol === MeshProtocol.UDP && !networkPolicies) {
    throw new MeshError('IM1804', callee.construct, {
      problem: `port ${port.port} (${port.name}) of ${callee.name} is UDP, which passes by the sidecar: only the network could refuse it`,
      got: port.name,
      next: 'ask for `networkPolicies`, or name the port that is called',
    });
  }
}

function placeOf(scope: IConstruct): IConstruct {
  return scope.node.scope!;
}
