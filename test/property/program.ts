import { Chart } from 'cdk8s';
import { call, isChoice, SPEAKER } from './arbitrary';
import { Callable, STEPS } from './assembly';
import { Choices } from './choices';
import { Fault, NothingSuits, World } from './world';

/** One step of a program: what it does, and the number that decides everything else about it. */
export interface Step {
  readonly what: number;
  readonly seed: number;
}

/** A case as fast-check makes it: a program, and perhaps the number that decides on a mistake in it. */
export interface Case {
  readonly theme: number;
  readonly layout: number;
  readonly steps: readonly Step[];
  readonly fault?: number;
}

/** Steps that carry much, or that are rare otherwise: how many times as often as the rest. */
const WEIGHTS: readonly (readonly [number, readonly string[]])[] = [
  [2, ['new StatefulMeshService', 'new MeshGateway', 'new MeshTelemetry', 'MeshNamespace.metadata', 'IstioRelease.atLeast', 'KubernetesRelease.atLeast']],
  [2, ['StatefulMeshService.container', 'StatefulMeshService.podList', 'StatefulMeshService.portOf', 'IStatefulMeshService.podList']],
  [2, ['new MeshJob', 'new MeshCronJob']],
  [4, ['new ResiliencePolicy']],
  [2, ['MeshGateway.addHttpRoute', 'MeshGateway.addGrpcRoute', 'MeshGateway.addTlsRoute', 'MeshGateway.addTcpRoute', 'IMeshGateway.addTcpRoute']],
  [2, ['MeshGateway.addPodRoutes', 'MeshGateway.addPodTcpRoutes', 'IMeshGateway.addPodRoutes', 'IMeshGateway.addPodTcpRoutes', 'GatewayRoutes.addPodTcpRoutes']],
  [2, ['MeshService.deploymentOf', 'MeshService.addPodAnnotation', 'MeshService.addServiceAnnotation', 'MeshCluster.of']],
  [5, ['new MeshSettings']],
  [2, ['StatefulMeshService.addPodAnnotation', 'StatefulMeshService.addPodLabel', 'new EgressNetworkPolicy']],
  [5, ['new EgressRoute']],
  [4, ['new CanarySplit']],
  [3, ['new ServiceAlias', 'IRouteTarget.toRouteTarget', 'ServiceVersion.toRouteTarget', 'RouteTarget.toRouteTarget', 'MeshService.portOf', 'MeshService.addPodLabel']],
  [4, ['MeshService.toCallee', 'EgressRoute.toRouteTarget', 'EgressRoute.toCallee', 'CanarySplit.toRouteTarget']],
  [4, ['IMeshService.portOf', 'ServiceAlias.toCallee', 'ServiceVersion.toCallee', 'StatefulMeshService.toCallee', 'ICallee.toCallee']],
  [6, ['new RemotePods']],
  [15, ['MeshCluster.synthFolders']],
  [8, ['new MeshApp', 'MeshApp.synth', 'MeshApp.synthYaml']],
  [6, ['new RequestAuthentication']],
  [3, ['new ExternalAuthorization', 'new MeshMutualTls']],
  [14, ['new LeastPrivilege']],
];
const WEIGHTED = STEPS.flatMap(step => Array.from({ length: WEIGHTS.find(([, names]) => names.includes(step.name))?.[0] ?? 1 }, () => step));

/** What a program is mostly about, so that each part of the API has programs that go into its depth. */
const THEMES = [
  /^(new |I)?(MeshService|ServiceAlias|MeshNamespace|MeshCluster)\b|Release\./,
  /CanarySplit|Split|\.calls$|toRouteTarget/,
  /Stateful|RemotePods|PodHost|addPod|new CanarySplit/,
  /^new MeshGateway$|addServer/,
  /add(Http|Grpc)Route/,
  /addGrpcRoute/,
  /addT(ls|cp)Route/,
  /DelegatedRoutes|GatewayRoutes/,
  /MeshSettings|MeshTelemetry|new MeshService$/,
  /Istio(Install|Chart)/,
  /Mesh(Cron)?Job\b/,
  /ResiliencePolicy|Production/,
  /^new (ResiliencePolicy|MeshService)$/,
  /Egress|new MeshGateway$|\.calls$/,
  /LeastPrivilege|RequestAuthentication|ExternalAuthorization|MeshMutualTls|\.(calls|toCallee)$|new MeshService$/,
  /^new (RequestAuthentication|ExternalAuthorization|MeshService)$/,
].map(about);

/** The steps of a theme four times as often as all others together. */
function about(theme: RegExp): readonly Callable[] {
  const own = WEIGHTED.filter(({ name }) => theme.test(name));
  return [...WEIGHTED, ...Array.from({ length: Math.ceil(4 * WEIGHTED.length / own.length) }, () => own).flat()];
}

/** Runs the program. Whatever the library throws comes through; a step for which nothing suits is left out. */
export function run(world: World, { theme, layout, steps }: Case): void {
  world.choices = new Choices(layout);
  const places = charts(world);
  const choice = THEMES[theme % THEMES.length];
  for (const { what, seed } of steps) {
    world.choices = new Choices(seed);
    [world.chart, world.cluster] = world.choices.pick(places);
    const before = world.slots.length;
    try {
      const step = choice[what % choice.length];
      if (!isChoice(world, step.name)) throw new NothingSuits(step.name);
      call(world, step);
    } catch (e) {
      if (!(e instanceof NothingSuits)) throw e;
      world.leaveOut(before);
    }
  }
}

export function begin(fault?: Fault): World {
  return new World(SPEAKER, fault);
}

/** One or two charts, in clusters of their own or in the App's, some with a namespace. */
function charts(world: World): [Chart, string][] {
  const clusters = Array.from({ length: world.choices.pick([0, 0, 1, 2]) }, () => world.make('MeshCluster') as Chart);
  return ['one', 'two'].slice(0, world.choices.int(1, 2)).map(id => {
    const scope = world.choices.pick([...clusters, world.app]);
    const cluster = scope === world.app ? '' : scope.node.path;
    const namespace = world.choices.chance(40) ? world.fresh(`cluster ${cluster}`) : undefined;
    return [new Chart(scope, id, { namespace }), cluster];
  });
}
