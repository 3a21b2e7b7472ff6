import { Duration } from 'cdk8s';
import { container } from '../builders';
import { freshName } from './names';
import { MeshPort, MeshProtocol } from '../../../src';
import { hasSidecars } from '../homes';
import { isOfJob, jobContainers, natives } from '../jobs';
import { ABSENT, Knowledge, often } from '../knowledge';
import { isPlain, portsOf, servicePorts, versionsOf } from '../relations';
import { wanted } from '../targets';
import { World } from '../world';

// None that a protocol is known by whose TLS begins later.
const PORTS = [1, 80, 443, 3999, 8080, 9090, 14999, 15091, 27017, 50051, 65535];

const aPort = (w: World) => w.choices.pick(portsOf(w)).port;
const aVersion = (w: World) => w.choices.pick(versionsOf(w));

export function hasNodePorts(w: World): boolean {
  return (w.given(/^((Stateful)?MeshServiceProps|IstioGatewayOptions)$/)?.ports as MeshPort[] | undefined)?.some(port => port.nodePort !== undefined) ?? false;
}

const PROTOCOLS = { HTTP: ['http', 'http2', 'grpc', 'grpcWeb'], GRPC: ['http2', 'grpc', 'grpcWeb'], TLS: ['tls', 'https'], TCP: ['tcp', 'mongo', 'mysql', 'redis'] };

/** Whether a port of the protocol is one that is asked for: entries for pods tell them by host, and routes ask for what they carry. */
function isAskedFor(w: World, protocol: string): boolean {
  const speaks = wanted(w);
  const first = w.index === 0 && servicePorts(w).length === 0;
  return (!w.given('RemotePodsProps') || PROTOCOLS.HTTP.includes(protocol))
    && !(speaks && (first || w.frame('ExternalHostOptions')) && !PROTOCOLS[speaks].includes(protocol));
}

/** Whether the protocol of the port that is being made is server-first. */
export const isServerFirst = (w: World) => w.given(/^MeshPort\.mysql$/) !== undefined;

/** Services, their ports and versions. */
export const services: Knowledge = {
  facts: {
    '*.port': w => w.left(w.here('ports'), PORTS) ?? 1024 + w.calls.length,
    // Nothing translates the ports of pods that are called by name; no two ports share one of the pods.
    '*.targetPort': w => (w.making?.owner.includes('Stateful') ? w.given(/^MeshPort\.|^new MeshPort$/)!.port : 20000 + w.count('target ports')),
    '*.nodePort': w => 30000 + w.count('node ports'),
    'MeshPortOptions.suffix': w => w.fresh(w.here('purposes'), ['ui', 'admin', 'a-b', '2']),
    'MeshPortOptions.container': () => 'app',
    'LoadBalancerOptions.sourceRanges[]': w => w.choices.pick(['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32', '0.0.0.0/0']),
    '*.serviceName': freshName,
    'MeshService.portOf.port': aPort,
    'IMeshService.portOf.port': aPort,
    'MeshServiceProps.versions{}': w => w.fresh(w.here('versions'), ['v1', 'v2', 'v3', 'canary', '2024-01']),
    'MeshServiceAttributes.versions{}': w => w.fresh(w.here('versions'), ['v1', 'v2', 'blue']),
    'MeshService.versionOf.name': aVersion,
    'IMeshService.versionOf.name': aVersion,
    'MeshService.deploymentOf.version': aVersion,
    'PodOptions.containers': w => {
      if (isOfJob(w)) return jobContainers(w);
      const ports = servicePorts(w);
      const claims = Object.values((w.given('StatefulMeshServiceProps')?.volumeClaims ?? {}) as { [name: string]: { container?: string } });
      const several = w.choices.chance(25) && claims.every(claim => claim.container);
      const first = container(w, several || claims.some(claim => claim.container) || ports.some(port => port.container) || w.choices.chance(50) ? 'app' : undefined, several ? ports : []);
      return several ? [first, container(w, 'helper')] : [first];
    },
    // Init containers have a network where sidecars are native ones.
    'PodOptions.initContainers': w => (isOfJob(w) || natives(w).asked || !hasSidecars(w.making?.given.scope) ? undefined : ABSENT),
    'MeshVersionOptions.replicas': w => (w.given('MeshVersionOptions')!.autoscaling ? ABSENT : w.choices.int(0, 5)),
    'Autoscaling.maxReplicas': w => w.choices.int(5, 20),
    '*.minReady': w => Duration.seconds(w.choices.int(0, 60)),
    'MeshVersionOptions.progressDeadline': w => Duration.seconds(w.choices.int(61, 600)),
  },
  forced: {
    'MeshPort.*.options': w => w.index > 0 || servicePorts(w).length > 0 || isServerFirst(w),
    'MeshPortOptions.suffix': w => w.index > 0 || servicePorts(w).length > 0,
    'MeshServiceProps.type': hasNodePorts,
    'IstioGatewayOptions.service': hasNodePorts,
    'ServiceAliasProps.name': often,
  },
  guards: {
    // Entries tell pods apart by host, and so do far gateways.
    'PodRegistry.serviceEntries': w => !servicePorts(w).some(isPlain) && servicePorts(w).some(({ protocol }) => protocol !== MeshProtocol.UDP),
    ...Object.fromEntries(['http', 'http2', 'grpc', 'grpcWeb', 'https', 'tcp', 'tls', 'mongo', 'mysql', 'redis', 'udp']
      .map(protocol => [`MeshPort.${protocol}`, (w: World) => isAskedFor(w, protocol)])),
  },
};
