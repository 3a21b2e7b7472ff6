import { IConstruct } from 'constructs';
import { GuardedWorkload } from './guarded-workload';
import { MeshError } from '../diagnostics/mesh-error';
import { knownMesh } from '../kernel/known-mesh';
import { knownNamespace } from '../kernel/known-namespaces';
import { MeshCluster } from '../kernel/mesh-cluster';
import { Call, callsIn, callsOf, hasCall } from '../services/calls/recorded-calls';
import { SharedIdentities } from '../services/calls/shared-identity';
import { MeshServiceBase } from '../services/mesh-service-base';
import { gatewayAttributes, isGateway } from '../services/workloads/gateway-pods';
import { meshModeAround } from '../services/workloads/mutual-tls-modes';
import { hasSidecars } from '../services/workloads/sidecars';
import { makesGatewayPods, madeWorkloadOf } from '../services/workloads/workloads';
import { perSynthesis } from '../synthesis/per-synthesis';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';
import { MeshProtocol } from '../values/protocol';

/** Refuses a workload whose callers policies cannot identify. */
export function checkWorkload({ workload: { name, scope, namespace: where, services, peerPorts, mutualTls } }: GuardedWorkload): void {
  const namespace = knownNamespace(scope, where);
  if (where === MeshCluster.of(scope).rootNamespace) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `${where} is the root namespace: a policy for the pods of ${name} would select pods with the same labels in every namespace`,
      got: where,
      next: 'give the service a namespace of its own',
    });
  }
  if (!namespace.hasSidecars) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `the pods of ${name} get no sidecar: no proxy enforces policies, and their own calls have no identity`,
      next: 'limit the scope of LeastPrivilege to namespaces with sidecars',
    });
  }
  const near = mutualTls ?? namespace.mutualTls;
  const mode = near ?? meshModeAround(scope);
  if (mode === MutualTls.DISABLE) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `the pods of ${name} accept plain text only: no caller has an identity`,
      got: mode,
      next: `enable mutual TLS for the ${mutualTls ? 'service' : near ? 'namespace' : 'mesh'}`,
    });
  }
  if (near !== MutualTls.STRICT && knownMesh(scope).autoMtls === false) {
    throw new MeshError('IM1804', placeOf(scope), {
      problem: `automatic mutual TLS is off in the mesh, and ${name} does not require mutual TLS: no caller has an identity`,
      found: 'autoMtls: false',
      next: 'set STRICT for the service or its namespace, or remove `autoMtls`',
    });
  }
  peerPorts.forEach(port => checkMode(port, name, placeOf(scope)));
  checkPeers(services[0], peerPorts);
}

/** Policies allow peers by their ServiceAccount, so other pods must not run as it. */
function checkPeers(service: IConstruct | undefined, ports: MeshPort[]): void {
  if (ports.length > 0 && service instanceof MeshServiceBase) {
    const peers = ports.map((port): Call => ({ caller: service._caller(), callee: service.toCallee()._attributes, port }));
    const calls = [...peers, ...callsOf(service, service._workload.services)];
    const identities = new SharedIdentities(calls);
    peers.forEach(call => identities.check(call));
  }
}

function checkMode({ port, name, mutualTls }: MeshPort, service: string, at: IConstruct): void {
  if (mutualTls === MutualTls.DISABLE) {
    throw new MeshError('IM1804', at, {
      problem: `port ${port} (${name}) of ${service} accepts plain text only: no caller has an identity`, got: mutualTls, next: 'enable mutual TLS for the port, or declare no calls to it',
    });
  }
}

/** Refuses a call to or from a workload that policies cannot express. */
export function checkCalls(guarded: GuardedWorkload, networkPolicies: boolean): void {
  for (const { caller, callee } of guarded.calls.unknown) {
    const [of, version] = callee.version === undefined ? [caller.name, caller.version] : [callee.name, callee.version];
    throw new MeshError('IM1804', placeOf(guarded.workload.scope), {
      problem: `${version} is a pod of ${of} with the same identity and ports as the others: ${caller.name} calls ${callee.name}`,
      got: version,
      next: 'declare calls of the whole service, or calls to its `headless` for pods by name',
    });
  }
  const calls = guarded.calls.allTo;
  const identities = new SharedIdentities(calls);
  for (const call of calls) {
    checkPort(call, networkPolicies);
    checkMode(call.port, call.callee.name, call.callee.construct);
    checkCaller(call);
    identities.check(call);
    if (networkPolicies && call.caller.identity().podLabels === undefined) {
      throw new MeshError('IM1807', placeOf(guarded.workload.scope), {
        problem: `${call.caller.name} calls ${call.callee.name}, but the labels of its pods are not known`, next: 'set its `podLabels`',
      });
    }
  }
  for (const { callee } of guarded.calls.allFrom) {
    if (networkPolicies && callee.pods && Object.keys(callee.pods.labels).length === 0) {
      throw new MeshError('IM1807', callee.construct, { problem: `${guarded.workload.name} calls ${callee.name}, but the labels of its pods are not known`, next: 'set its `podLabels`' });
    }
  }
}

/** A caller without a sidecar has no identity. `identity()` refuses a job without one. */
function checkCaller({ caller, callee }: Call): void {
  const { construct } = caller;
  const foreign = !construct && caller.identity().trustDomain !== undefined;
  const namespace = construct instanceof MeshServiceBase ? construct.namespace : construct || foreign ? undefined : caller.identity().namespace;
  if (namespace !== undefined && !hasSidecars(callee.construct, namespace)) {
    throw new MeshError('IM1804', construct ?? callee.construct, {
      problem: `the pods of ${caller.name} get no sidecar: they have no identity, and ${callee.name} would refuse their calls`, got: namespace, next: 'enable sidecars for the pods',
    });
  }
}

/**
 * Refuses calls of pods that the App does not create in a namespace that refuses undeclared calls: no objects would allow these calls.
 */
export function checkUnknownPods(at: IConstruct, isWhole: (namespace: string) => boolean): void {
  for (const { name, namespace, construct = at, error } of unknownPods(MeshCluster.of(at))) {
    if (error) {
      throw error;
    }
    if (isWhole(namespace!)) {
      throw new MeshError('IM1804', construct, {
        problem: `the App does not create ${name}, and ${namespace} refuses all calls from and to pods that the App does not create`,
        got: namespace,
        next: 'refer to the namespace with MeshNamespace.fromExisting(), or use another namespace for these pods',
      });
    }
  }
}

/** Pods that call or are called and that the App does not create, or the error of a caller whose identity is unknown. */
interface UnknownPods {
  readonly name?: string;
  readonly namespace?: string;
  readonly construct?: IConstruct;
  readonly error?: Error;
}

/** Every LeastPrivilege asks, and nearly always there are none. */
const unknownPods = perSynthesis((cluster: MeshCluster): readonly UnknownPods[] =>
  (hasCall(cluster, call => unknownPodsOf(cluster, call).length > 0) ? callsIn(cluster).flatMap(call => unknownPodsOf(cluster, call)) : []));

function unknownPodsOf(at: IConstruct, { caller, callee }: Call): UnknownPods[] {
  try {
    const { construct, name } = caller;
    const gateway = construct && isGateway(construct) ? gatewayAttributes(construct).pods : undefined;
    const from = construct instanceof MeshServiceBase ? construct.namespace : construct ? gateway?.namespace : caller.identity().namespace;
    const isMade = construct && (madeWorkloadOf(construct) || (gateway && makesGatewayPods(at, gateway)));
    const isUnknown = callee.pods && !madeWorkloadOf(callee.construct);
    return [
      ...from === undefined || isMade ? [] : [{ name, namespace: from, construct }],
      ...isUnknown ? [{ name: callee.name, namespace: callee.pods!.namespace, construct: callee.construct }] : [],
    ];
  } catch (error) {
    return [{ error: error as Error }];
  }
}

function checkPort({ port, callee }: Call, networkPolicies: boolean): void {
  if (port.protocol === MeshProtocol.UDP && !networkPolicies) {
    throw new MeshError('IM1804', callee.construct, {
      problem: `port ${port.port} (${port.name}) of ${callee.name} is UDP, which bypasses the sidecar: only a NetworkPolicy can refuse it`,
      got: port.name,
      next: 'enable `networkPolicies`, or limit the call to another port',
    });
  }
}

function placeOf(scope: IConstruct): IConstruct {
  return scope.node.scope!;
}
