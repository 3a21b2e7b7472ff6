import { Duration } from 'cdk8s';
import { mayAskRevision } from './mesh';
import { freshName } from './names';
import { hasNodePorts } from './services';
import { GatewayServer, MeshNamespace } from '../../../src';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { isGuarded } from '../privilege';
import { World } from '../world';

interface Port { readonly nodePort?: number }

/** The options of a gateway's own pods so far. */
const own = (w: World) => w.given('DedicatedGatewayOptions');

/** The ports of the Service: those of servers that are open at every address. */
const ports = (w: World) => ((w.given('MeshGatewayProps')?.servers ?? []) as GatewayServer[]).filter(({ bind }) => bind === undefined).map(({ port }) => `${port}`);

const hasOwnNodePorts = (w: World) => Object.values((own(w)?.ports ?? {}) as { [port: string]: Port }).some(({ nodePort }) => nodePort !== undefined);

/** Whether pods without privileges can listen for the servers, and be reached by one of them at least. */
export function canOwn(w: World): boolean {
  const all = (w.given('MeshGatewayProps')?.servers ?? []) as GatewayServer[];
  return all.some(({ bind }) => bind === undefined)
    && !all.some(({ bind, port, httpsRedirect }) => bind !== undefined && (port < 1024 || httpsRedirect));
}

/** Whether the namespace says already whose proxy its pods run. */
function isInjected(w: World): boolean {
  const { scope } = w.making?.given ?? {};
  return scope instanceof MeshNamespace && scope.injects;
}

/** The pods that gateways configure, those of their own above all. */
export const workloads: Knowledge = {
  facts: {
    'DedicatedGatewayOptions.name': freshName,
    'DedicatedGatewayOptions.replicas': w => (own(w)!.autoscaling ? ABSENT : w.choices.int(1, 5)),
    'DedicatedGatewayOptions.ports': w => (ports(w).length > 0 ? undefined : ABSENT),
    'DedicatedGatewayOptions.ports{}': w => w.choices.pick(ports(w)),
    'GatewayPortOptions.targetPort': w => 10000 + w.count('gateway targets'),
    'GatewayPodOptions.envVariables{}': w => w.fresh(w.here('variables'), ['LOG_AS_JSON', 'ISTIO_META_X']).replace('-', '_'),
    'GatewayPodOptions.terminationGracePeriod': w => Duration.seconds(w.choices.int(61, 600)),
    'UntilIdleOptions.minDrainDuration': w => Duration.seconds(w.choices.int(1, 59)),
    'ProxyDrain.after.time': w => Duration.seconds(w.choices.int(1, 59)),
  },
  order: {
    DedicatedGatewayOptions: ['ports', 'service', 'autoscaling', 'replicas'],
  },
  forced: {
    'DedicatedGatewayOptions.service': hasOwnNodePorts,
    ...each(['GatewayWorkload.dedicated.options', 'GatewayWorkload.labels.options', 'LabelledWorkloadOptions.service', 'GatewayPodOptions.logLevel', 'GatewayPodOptions.gatewayTopology', 'GatewayTopology.forwardClientCertDetails'], often),
  },
  guards: {
    ...each(['GatewayWorkload.dedicated', 'GatewayWorkload.dedicatedEgress'], canOwn),
    'MeshServiceType.clusterIp': w => !hasNodePorts(w) && !hasOwnNodePorts(w),
    'SidecarInjection.disabled': w => !own(w) && !isGuarded(w, w.making?.given.scope),
    'SidecarInjection.revision': w => mayAskRevision(w) && (!own(w) || !isInjected(w)),
  },
};
