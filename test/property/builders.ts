import { Duration, Size } from 'cdk8s';
import {
  ContainerPort, ContainerProps, ContainerResources, Cpu, Deployment, DeploymentStrategy, DnsPolicy, EnvValue, HostAlias, ImagePullPolicy, Metric,
  MetricTarget, Node, NodeLabelQuery, NodeTaintQuery, PercentOrAbsolute, PodDnsProps, PodSecurityContextProps, Protocol, Replicas, ScalingRules,
  Secret, Service, ServiceAccount, StatefulSet, Volume, VolumeMount,
} from 'cdk8s-plus-28';
import { homeOf } from './homes';
import { NothingSuits, OUTDIR, World } from './world';
import { MeshCluster, MeshPort, MeshProtocol } from '../../src';

/** A container of no image in particular. Each name is there once in a pod. */
export function container(w: World, name?: string, ports: MeshPort[] = []): ContainerProps {
  const c = w.choices;
  return {
    image: c.pick(['nginx:1.27', 'registry.example.com/team/app@sha256:0123']),
    ...(name === undefined ? {} : { name }),
    ...(ports.length > 0 ? { ports: declared(ports) } : {}),
    ...(c.chance(20) ? { envVariables: { MODE: EnvValue.fromValue('test') } } : {}),
    ...(c.chance(20) ? { securityContext: { user: 1000, group: 1000 } } : {}),
    ...(c.chance(10) ? { args: ['--verbose'] } : {}),
  };
}

function declared(ports: MeshPort[]): ContainerPort[] {
  const all = ports.map(({ targetPort: number, protocol }) => ({ number, protocol: protocol === MeshProtocol.UDP ? Protocol.UDP : Protocol.TCP }));
  return all.filter((port, i) => all.findIndex(other => other.number === port.number && other.protocol === port.protocol) === i);
}

/** Others' types, by the name the assembly has for them. A new one in the API needs a line here. */
export const BUILDERS: { readonly [fqn: string]: (w: World) => unknown } = {
  'cdk8s.App': w => {
    // The charts of no cluster have no folder.
    if (w.app.charts.some(chart => !chart.node.scopes.some(scope => scope instanceof MeshCluster))) throw new NothingSuits('cdk8s.App');
    return w.app;
  },
  'cdk8s.Chart': w => w.chart,
  'cdk8s.AppProps': () => ({ outdir: OUTDIR }),
  'cdk8s.Size': w => (w.choices.chance(50) ? Size.gibibytes(w.choices.int(1, 500)) : Size.mebibytes(w.choices.int(1, 4000))),
  'cdk8s.Duration': w => Duration.seconds(w.choices.int(1, 600)),
  'constructs.Construct': homeOf,
  'constructs.IConstruct': w => w.choices.pick([w.chart, ...w.neighbours.map(({ value }) => value)]),
  'cdk8s-plus-28.ContainerProps': w => container(w, w.fresh(w.here('container'), ['sidecar', 'setup', 'proxy'])),
  'cdk8s-plus-28.ContainerResources': (w): ContainerResources => ({
    cpu: { request: Cpu.millis(w.choices.int(50, 500)), limit: Cpu.units(2) },
    memory: { request: Size.mebibytes(128), limit: Size.gibibytes(w.choices.int(1, 4)) },
  }),
  'cdk8s-plus-28.EnvValue': w => EnvValue.fromValue(w.choices.pick(['true', 'shop'])),
  'cdk8s-plus-28.ImagePullPolicy': w => w.choices.pick([ImagePullPolicy.ALWAYS, ImagePullPolicy.IF_NOT_PRESENT]),
  'cdk8s-plus-28.LabeledNode': w => Node.labeled(NodeLabelQuery.is('pool', w.choices.pick(['edge', 'general']))),
  'cdk8s-plus-28.TaintedNode': w => Node.tainted(w.choices.chance(50) ? NodeTaintQuery.is('pool', 'edge') : NodeTaintQuery.exists('spot')),
  'cdk8s-plus-28.Deployment': w => {
    const { home, metadata } = placed(w);
    return new Deployment(home, `${metadata.name}-deployment`, { metadata, containers: [container(w, 'app')], replicas: w.choices.int(1, 3), ...runsAs(w) });
  },
  'cdk8s-plus-28.DeploymentStrategy': w => (w.choices.chance(50)
    ? DeploymentStrategy.recreate()
    : DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.absolute(1), maxUnavailable: PercentOrAbsolute.percent(25) })),
  'cdk8s-plus-28.HostAlias': (w): HostAlias => ({ ip: `10.0.0.${w.choices.int(1, 9)}`, hostnames: ['db.example.com'] }),
  'cdk8s-plus-28.IServiceAccount': w => {
    const { home, metadata } = placed(w);
    return w.choices.chance(50)
      ? new ServiceAccount(home, `${metadata.name}-account`, { metadata })
      : ServiceAccount.fromServiceAccountName(home, `${metadata.name}-account`, metadata.name, { namespaceName: metadata.namespace });
  },
  'cdk8s-plus-28.ISecret': w => {
    const { home, metadata } = placed(w);
    return Secret.fromSecretName(home, `${metadata.name}-secret`, metadata.name);
  },
  'cdk8s-plus-28.Metric': w => (w.choices.chance(50)
    ? Metric.resourceCpu(MetricTarget.averageUtilization(w.choices.int(10, 90)))
    : Metric.resourceMemory(MetricTarget.averageUtilization(70))),
  'cdk8s-plus-28.PodDnsProps': (w): PodDnsProps => (w.choices.chance(50) ? { policy: DnsPolicy.DEFAULT } : { nameservers: ['10.0.0.10'], searches: ['example.com'] }),
  'cdk8s-plus-28.PodSecurityContextProps': (w): PodSecurityContextProps => ({ fsGroup: w.choices.int(1, 2000), ensureNonRoot: w.choices.chance(80) }),
  'cdk8s-plus-28.ScalingRules': (w): ScalingRules => ({
    stabilizationWindow: Duration.seconds(w.choices.int(0, 600)),
    policies: [{ replicas: w.choices.chance(50) ? Replicas.absolute(2) : Replicas.percent(50), duration: Duration.minutes(1) }],
  }),
  'cdk8s-plus-28.StatefulSet': w => {
    const { home, metadata } = placed(w);
    const service = new Service(home, `${metadata.name}-service`, { metadata, clusterIP: 'None', ports: [{ port: 80 }] });
    return new StatefulSet(home, `${metadata.name}-stateful-set`, { metadata, service, containers: [container(w, 'app')], replicas: w.choices.int(1, 3), ...runsAs(w) });
  },
  'cdk8s-plus-28.Volume': volume,
  'cdk8s-plus-28.VolumeMount': (w): VolumeMount => ({ path: `/mnt/${w.fresh(w.here('mounts'), ['certs'])}`, volume: volume(w) }),
};

/** Most workloads have a ServiceAccount of their own: policies cannot tell the others apart. */
function runsAs(w: World) {
  if (w.choices.chance(20)) return {};
  const { home, metadata } = placed(w);
  return { serviceAccount: new ServiceAccount(home, `${metadata.name}-account`, { metadata }) };
}

function volume(w: World): Volume {
  const { home, metadata } = placed(w);
  return Volume.fromEmptyDir(home, `${metadata.name}-volume`, metadata.name);
}

/** Where something of cdk8s-plus stands, and a name that nothing of the cluster has: what is referred to by name alone is found by it. */
function placed(w: World) {
  const home = (w.making?.given.scope as ReturnType<typeof homeOf> | undefined) ?? homeOf(w);
  const namespace: string = 'name' in home ? (home as { name: string }).name : (home as { namespace?: string }).namespace!;
  return { home, metadata: { name: w.fresh(`objects of ${w.cluster}`, ['own']), namespace } };
}
