/**
 * Structs of cdk8s-plus inside of ours, at each depth: cdk8s-plus drops a property that it does not know. The same containers in every
 * construct that makes pods: versions, stateful services, jobs, cron jobs, gateways of their own.
 */
import { Cron, Duration, Size } from 'cdk8s';
import {
  ConfigMap, ContainerProps, Cpu, Env, EnvValue, Handler, Node, NodeLabelQuery, NodeTaintQuery, Probe, Protocol, Replicas, SeccompProfileType,
  ServiceAccount, Volume,
} from 'cdk8s-plus-28';
import { chart, refusal } from '../helpers/build';
import {
  GatewayWorkload, IstioInstall, MeshCronJob, MeshGateway, MeshJob, MeshPort, MeshService, MeshVersion, StatefulMeshService,
} from 'cdk8s-istio';

const container = { image: 'example.com/app:1' };
const schedule = Cron.schedule({ minute: '0' });
const ports = [MeshPort.http(8080)];

/** Each construct that has containers: the path that its errors name, and how properties of its pods are given. */
const HOMES: [string, string, (pods: object) => unknown][] = [
  ['MeshVersion.of', 'MeshVersion.of()', pods => MeshVersion.of({ containers: [container], ...pods })],
  ['StatefulMeshService', 'chart/x', pods => new StatefulMeshService(chart(), 'x', { containers: [container], replicas: 1, ports, ...pods })],
  ['MeshJob', 'chart/x', pods => new MeshJob(chart(), 'x', { containers: [container], ...pods })],
  ['MeshCronJob', 'chart/x', pods => new MeshCronJob(chart(), 'x', { containers: [container], schedule, ...pods })],
];

const GATEWAY = (pods: object) => new MeshGateway(chart(), 'x', { workload: GatewayWorkload.dedicated(pods) });

/** A property of a container that is misspelled or of a wrong type, where the refusal says it is, and what it says to do. */
const CONTAINER: [string, object, string, string][] = [
  ['a probe', { readyness: Probe.fromHttpGet('/') }, 'there is no property #.readyness', 'did you mean #.readiness?'],
  ['a probe by its path', { liveness: '/healthz' }, '#.liveness is of the wrong type', 'write Probe.fromHttpGet(\'/healthz\')'],
  ['a probe as Kubernetes writes it', { startup: { httpGet: { path: '/' } } }, '#.startup is of the wrong type', 'write Probe.fromHttpGet(\'/healthz\')'],
  ['the variables', { envVariable: {} }, 'there is no property #.envVariable', 'did you mean #.envVariables?'],
  ['a variable by its text', { envVariables: { A: 'b' } }, '#.envVariables.A is of the wrong type', 'write EnvValue.fromValue(\'…\')'],
  ['variables as a list', { envVariables: [EnvValue.fromValue('b')] }, '#.envVariables is of the wrong type', 'write { name: value }'],
  ['a source of variables', { envFrom: ['settings'] }, '#.envFrom[0] is of the wrong type', 'write Env.fromConfigMap(settings)'],
  ['the resources', { resource: {} }, 'there is no property #.resource', 'did you mean #.resources?'],
  ['one resource', { resources: { cpus: {} } }, 'there is no property #.resources.cpus', 'did you mean #.resources.cpu?'],
  ['a limit', { resources: { cpu: { limits: Cpu.units(1) } } }, 'there is no property #.resources.cpu.limits', 'did you mean #.resources.cpu.limit?'],
  ['a limit by its number', { resources: { cpu: { limit: 1 } } }, '#.resources.cpu.limit is of the wrong type', 'write Cpu.millis(100)'],
  ['a size in Kubernetes\' notation', { resources: { memory: { request: '64Mi' } } }, '#.resources.memory.request is of the wrong type', 'write Size.mebibytes(64)'],
  ['the disk', { resources: { ephemeralStorage: { requests: Size.gibibytes(1) } } }, 'there is no property #.resources.ephemeralStorage.requests', 'did you mean #.resources.ephemeralStorage.request?'],
  ['the security context', { securityContex: {} }, 'there is no property #.securityContex', 'did you mean #.securityContext?'],
  ['a right', { securityContext: { allowPrivilegeEscalations: false } }, 'there is no property #.securityContext.allowPrivilegeEscalations', 'did you mean #.securityContext.allowPrivilegeEscalation?'],
  ['a right by its name in Kubernetes', { securityContext: { runAsUser: 1000 } }, 'there is no property #.securityContext.runAsUser', 'drop it, or correct its name'],
  ['a capability', { securityContext: { capabilities: { drops: [] } } }, 'there is no property #.securityContext.capabilities.drops', 'did you mean #.securityContext.capabilities.drop?'],
  ['the value of a capability', { securityContext: { capabilities: { drop: ['all'] } } }, '#.securityContext.capabilities.drop[0] is of the wrong type', 'write one of them, without quotes'],
  ['a seccomp profile', { securityContext: { seccompProfile: { type: SeccompProfileType.LOCALHOST, localhostProfil: 'x' } } }, 'there is no property #.securityContext.seccompProfile.localhostProfil', 'did you mean #.securityContext.seccompProfile.localhostProfile?'],
  ['the type of a seccomp profile', { securityContext: { seccompProfile: {} } }, '#.securityContext.seccompProfile.type is missing', 'write one of them, without quotes'],
  ['a hook', { lifecycle: { preStopp: Handler.fromCommand(['true']) } }, 'there is no property #.lifecycle.preStopp', 'did you mean #.lifecycle.preStop?'],
  ['a hook by its command', { lifecycle: { preStop: ['true'] } }, '#.lifecycle.preStop is of the wrong type', 'write Handler.fromCommand([\'…\'])'],
  ['a mount', { volumeMount: [] }, 'there is no property #.volumeMount', 'did you mean #.volumeMounts?'],
  ['the path of a mount', { volumeMounts: [{ mountPath: '/x' }] }, 'there is no property #.volumeMounts[0].mountPath', 'drop it, or correct its name'],
  ['the volume of a mount by name', { volumeMounts: [{ path: '/x', volume: 'cache' }] }, '#.volumeMounts[0].volume is of the wrong type', 'write Volume.fromEmptyDir(chart, \'cache\', \'cache\')'],
  ['a port', { ports: [{ numbr: 80 }] }, 'there is no property #.ports[0].numbr', 'did you mean #.ports[0].number?'],
  ['a port by its number', { ports: [80] }, '#.ports[0] is of the wrong type', 'write an object of these properties: { … }'],
  ['the protocol of a port', { ports: [{ number: 80, protocol: 'tcp' }] }, '#.ports[0].protocol is of the wrong type', 'write one of them, without quotes'],
  ['the one port by text', { portNumber: '80' }, '#.portNumber is of the wrong type', 'write 80, without quotes'],
  ['a command in one text', { command: 'sleep 5' }, '#.command is of the wrong type', 'put it into a list: [ … ]'],
  ['the policy of pulls', { imagePullPolicy: 'always' }, '#.imagePullPolicy is of the wrong type', 'write one of them, without quotes'],
  ['the image', { image: undefined, img: 'x' }, 'there is no property #.img', 'drop it, or correct its name'],
];

/** The same of a pod. */
const POD: [string, object, string, string][] = [
  ['an init container', { initContainer: [] }, 'there is no property initContainer', 'did you mean initContainers?'],
  ['the service account by name', { serviceAccount: 'reader' }, 'serviceAccount is of the wrong type', 'hand in the construct itself'],
  ['a volume by name', { volumes: ['cache'] }, 'volumes[0] is of the wrong type', 'write Volume.fromEmptyDir(chart, \'cache\', \'cache\')'],
  ['the context of the pod', { securityContext: { fsGroups: 1 } }, 'there is no property securityContext.fsGroups', 'did you mean securityContext.fsGroup?'],
  ['a group by text', { securityContext: { fsGroup: '1000' } }, 'securityContext.fsGroup is of the wrong type', 'write 1000, without quotes'],
  ['a sysctl', { securityContext: { sysctls: [{ name: 'a', values: 'b' }] } }, 'there is no property securityContext.sysctls[0].values', 'did you mean securityContext.sysctls[0].value?'],
  ['an alias of a host', { hostAliases: [{ ip: '10.0.0.1', hostname: ['a'] }] }, 'there is no property hostAliases[0].hostname', 'did you mean hostAliases[0].hostnames?'],
  ['one host for a list', { hostAliases: [{ ip: '10.0.0.1', hostnames: 'a' }] }, 'hostAliases[0].hostnames is of the wrong type', 'put it into a list: [ … ]'],
  ['DNS', { dns: { nameserver: [] } }, 'there is no property dns.nameserver', 'did you mean dns.nameservers?'],
  ['an option of DNS', { dns: { options: [{ name: 'ndots', val: '1' }] } }, 'there is no property dns.options[0].val', 'drop it, or correct its name'],
  ['a number for an option of DNS', { dns: { options: [{ name: 'ndots', value: 1 }] } }, 'dns.options[0].value is of the wrong type', 'write \'1\', in quotes'],
  ['seconds for a duration', { terminationGracePeriod: 5 }, 'terminationGracePeriod is of the wrong type', 'write Duration.seconds(5)'],
];

const told = (call: () => unknown) => {
  const { message } = refusal(call);
  const lines = message.split('\n');
  return [lines[0], lines[lines.length - 1]];
};

describe.each(HOMES)('%s', (_, at, build) => {
  test.each(CONTAINER)('of a container: %s', (__, property, problem, next) => {
    for (const list of ['containers', 'initContainers']) {
      const where = (text: string) => text.replace(/#/g, `${list}[1]`);
      expect(told(() => build({ [list]: [container, { ...container, name: 'second', ...property }] })))
        .toEqual([`IM0001 at ${at}: ${where(problem)}.`, `  next     ${where(next)}`]);
    }
  });

  test.each(POD)('of the pod: %s', (__, property, problem, next) => {
    expect(told(() => build(property))).toEqual([`IM0001 at ${at}: ${problem}.`, `  next     ${next}`]);
  });
});

test.each<[string, object, string, string]>([
  ['the resources', { resources: { cpu: { requests: Cpu.millis(5) } } }, 'there is no property resources.cpu.requests', 'did you mean resources.cpu.request?'],
  ['a mount', { volumeMounts: [{ paths: '/x' }] }, 'there is no property volumeMounts[0].paths', 'did you mean volumeMounts[0].path?'],
  ['DNS', { dns: { search: [] } }, 'there is no property dns.search', 'did you mean dns.searches?'],
  ['a tolerated taint by name', { tolerations: ['gpu'] }, 'tolerations[0] is of the wrong type', 'write Node.tainted(NodeTaintQuery.exists(\'gpu\'))'],
  ['nodes by a label', { nodes: { disk: 'ssd' } }, 'nodes is of the wrong type', 'write Node.labeled(NodeLabelQuery.is(\'disk\', \'ssd\'))'],
  ['a rule of autoscaling', { autoscaling: { maxReplicas: 3, scaleDown: { policy: [] } } }, 'there is no property autoscaling.scaleDown.policy', 'drop it, or correct its name'],
  ['a policy of autoscaling', { autoscaling: { maxReplicas: 3, scaleDown: { policies: [{ replica: Replicas.absolute(1) }] } } }, 'there is no property autoscaling.scaleDown.policies[0].replica', 'did you mean autoscaling.scaleDown.policies[0].replicas?'],
  ['a metric by name', { autoscaling: { maxReplicas: 3, metrics: ['cpu'] } }, 'autoscaling.metrics[0] is of the wrong type', 'write Metric.resourceCpu(MetricTarget.averageUtilization(70))'],
])('of the pods of a gateway: %s', (_, property, problem, next) => {
  expect(told(() => GATEWAY(property))).toEqual([`IM0001 at GatewayWorkload.dedicated(): ${problem}.`, `  next     ${next}`]);
});

test('of the pods of the control plane', () => {
  expect(told(() => new IstioInstall(chart({ namespace: 'istio-system' }), 'istio', { controlPlane: { resources: { memory: { requested: Size.gibibytes(1) } } } } as object)))
    .toEqual(['IM0001 at chart/istio: there is no property controlPlane.resources.memory.requested.', '  next     did you mean controlPlane.resources.memory.request?']);
});

test.each(HOMES)('%s takes all of it, spelled right', (_, __, build) => {
  const root = chart();
  const cache = Volume.fromEmptyDir(root, 'cache', 'cache');
  const all: ContainerProps = {
    ...container,
    name: 'second',
    command: ['serve'],
    args: ['--fast'],
    envFrom: [Env.fromConfigMap(new ConfigMap(root, 'settings'))],
    envVariables: { A: EnvValue.fromValue('b') },
    lifecycle: { preStop: Handler.fromCommand(['true']) },
    ports: [{ number: 9000, name: 'extra', protocol: Protocol.TCP }],
    resources: { cpu: { request: Cpu.millis(5) }, memory: { limit: Size.mebibytes(64) }, ephemeralStorage: { limit: Size.gibibytes(1) } },
    securityContext: { user: 1000, seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT } },
    volumeMounts: [{ path: '/cache', volume: cache, readOnly: true }],
  };
  expect(() => build({
    containers: [{ ...container, portNumber: 8080 }, { ...all, liveness: Probe.fromCommand(['true']) }],
    initContainers: [{ ...all, name: 'before', lifecycle: undefined, ports: undefined }],
    dns: { options: [{ name: 'ndots', value: '1' }] },
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    securityContext: { fsGroup: 1000, sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] },
    serviceAccount: new ServiceAccount(root, 'reader'),
    terminationGracePeriod: Duration.seconds(5),
    tolerations: [Node.tainted(NodeTaintQuery.exists('gpu'))],
    nodes: Node.labeled(NodeLabelQuery.is('disk', 'ssd')),
  })).not.toThrow();
});

test('a service says it of the version that it is in', () => {
  expect(told(() => new MeshService(chart(), 'x', { ports, versions: { v1: MeshVersion.of({ containers: [{ ...container, readyness: Probe.fromHttpGet('/') }] } as never) } })))
    .toEqual(['IM0001 at MeshVersion.of(): there is no property containers[0].readyness.', '  next     did you mean containers[0].readiness?']);
});
