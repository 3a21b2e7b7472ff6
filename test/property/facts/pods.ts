import { PersistentVolumeAccessMode, PodManagementPolicy, StatefulSetUpdateStrategy } from 'cdk8s-plus-28';
import { freshName } from './names';
import { hasNodePorts } from './services';
import { type IStatefulMeshService, StatefulMeshService } from '../../../src';
import { takeStream } from '../gateways';
import { ABSENT, Knowledge, often } from '../knowledge';
import { podHost, podPorts, podServers, streams } from '../pods';
import { portsOf, servicePorts, versionsOf } from '../relations';
import { World } from '../world';

/** Texts for each pod. */
const LISTS = ['{host}:9092', 'server.{number}={pod}:2888', '{ordinal}', '{pod}={host}', ''];
/** A domain below which no other pods are served. */
const farDomain = (w: World) => `${w.fresh('far domains', ['far'])}.example.net`;
/** The ordinal of a pod of the service that is asked. */
const ordinal = (w: World) => w.choices.pick((w.given(/\.pod$/)!.this as IStatefulMeshService).pods).ordinal;

/** Pods that are called by name, here and in other clusters, and their routes. */
export const pods: Knowledge = {
  facts: {
    'PodMetrics.port': w => w.choices.pick([29102, 29153]),
    'PodMetrics.path': w => w.choices.pick(['/metrics', '/actuator/prometheus']),
    '*.headlessName': freshName,
    'StatefulMeshService.portOf.port': w => w.choices.pick(portsOf(w)).port,
    'StatefulMeshService.versionOf.name': w => w.choices.pick(versionsOf(w)),
    'StatefulMeshServiceProps.version': w => w.choices.pick(['v1', 'v2', '2024-01']),
    'StatefulMeshServiceProps.volumeClaims{}': w => w.fresh(w.here('claims'), ['data', 'wal', 'logs']),
    // Only the application's own TLS can begin at once.
    'MeshPortOptions.implicitTls': w => (w.given(/^MeshPort\.tls$/) ? w.choices.chance(50) : ABSENT),
    'EgressPortOptions.implicitTls': w => (w.given(/^EgressPort\.tls$/) ? w.choices.chance(50) : ABSENT),
    'MeshPortOptions.nodePort': w => (w.given('StatefulWorkloadOptions') ? ABSENT : 30000 + w.count('node ports')),
    'VolumeClaim.mountPath': w => `/var/${w.fresh(w.here('mounts'), ['data', 'log', 'lib/x'])}`,
    'VolumeClaim.container': () => 'app',
    'StatefulMeshServiceProps.podManagementPolicy': w => w.choices.pick([PodManagementPolicy.ORDERED_READY, PodManagementPolicy.PARALLEL]),
    'StatefulMeshServiceProps.strategy': w => (w.choices.chance(25)
      ? StatefulSetUpdateStrategy.onDelete()
      : StatefulSetUpdateStrategy.rollingUpdate({ partition: w.choices.int(0, 3) })),
    // The mode for one pod stands alone.
    'VolumeClaim.accessModes': w => {
      const { READ_WRITE_ONCE_POD: _, ...others } = PersistentVolumeAccessMode;
      const modes = w.choices.chance(25) ? ['READ_WRITE_ONCE_POD'] : w.choices.some(Object.keys(others));
      return modes.map(mode => PersistentVolumeAccessMode[mode as keyof typeof PersistentVolumeAccessMode]);
    },
    'VolumeClaim.storageClassName': w => w.choices.pick(['fast', 'standard-rwo', 'gp3.example.com']),
    'StatefulMeshService.container.name': w => w.choices.pick((w.given('StatefulMeshService.container')!.this as StatefulMeshService).containers).name,
    'StatefulMeshService.pod.ordinal': ordinal,
    'IStatefulMeshService.pod.ordinal': ordinal,
    'StatefulMeshService.podList.template': w => w.choices.pick(LISTS),
    'IStatefulMeshService.podList.template': w => w.choices.pick(LISTS),
    'PodHosts.of.template': w => `${w.choices.pick(['{pod}', 'a-{pod}', 'p{ordinal}', '{pod}.{ordinal}'])}.${farDomain(w)}`,
    'PodHosts.template.template': w => `${w.choices.pick(['p{ordinal}', 'a.b-{ordinal}'])}.${farDomain(w)}`,
    'PodHosts.list.hosts[]': w => `${w.fresh('far hosts', ['db', 'cache'])}.example.net`,
    'RemotePodsProps.port': () => undefined,
    'MutualTlsFiles.certificate': () => '/etc/certs/tls.crt',

    'PodRouteOptions.port': w => w.choices.pick(podPorts(w)).port,
    'PodRouteOptions.gatewayPort': w => w.choices.pick(podServers(w)).port,
    'PodRouteOptions.path': w => (podServers(w)[0].kind === 'tls' ? ABSENT : `/${w.fresh(`pods of ${w.cluster}`, ['pods'])}/{${w.choices.pick(['pod', 'ordinal'])}}/`),
    'PodRouteOptions.host': podHost,
    'PodTcpRouteOptions.port': w => w.choices.pick(streams(w.given('PodTcpRouteOptions')!.pods as IStatefulMeshService)).port,
    'PodTcpRouteOptions.firstGatewayPort': w => 20000 + 10 * w.count(`streams ${w.cluster}`),
  },
  order: {
    StatefulMeshServiceProps: ['ports', 'peerPorts', 'volumeClaims'],
    StatefulServiceAttributes: ['ports', 'peerPorts'],
    StatefulWorkloadOptions: ['ports', 'peerPorts'],
    PodTcpRouteOptions: ['pods', 'port', 'firstGatewayPort'],
    PodRouteOptions: ['pods', 'port', 'gatewayPort', 'path', 'host'],
  },
  notes: {
    'PodTcpRouteOptions.firstGatewayPort': (w, first) => (w.given('PodTcpRouteOptions')!.pods as IStatefulMeshService).pods.forEach(pod => takeStream(w, first as number + pod.ordinal)),
  },
  forced: {
    'StatefulMeshServiceProps.type': hasNodePorts,
    // Few programs have pods of another cluster: those say all there is to say.
    'PodHosts.template.options': () => true,
    'PodHostsOptions.firstOrdinal': often,
    'RemoteTls.*.options': often,
    'RemoteTlsOptions.caCertificates': often,
    // One of the two lists has a port.
    '*.peerPorts': w => servicePorts(w).length === 0,
    'PodRouteOptions.gatewayPort': w => podServers(w).some(({ kind, port }) => kind === 'tls' && port !== 443),
    'PodRouteOptions.path': w => !podServers(w).some(({ hosts }) => hosts.some(host => host.startsWith('*'))),
  },
};
