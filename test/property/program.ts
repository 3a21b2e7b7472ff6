import { Chart } from 'cdk8s';
import { call, make } from './arbitrary';
import { STEPS } from './assembly';
import { Choices } from './choices';
import { Fault, NothingSuits, World } from './world';

/** One step of a program: what it does, and the number that decides everything else about it. */
export interface Step {
  readonly what: number;
  readonly seed: number;
}

/** A case as fast-check makes it: a program, and perhaps the number that decides on a mistake in it. */
export interface Case {
  readonly layout: number;
  readonly steps: readonly Step[];
  readonly fault?: number;
}

/** Constructs that carry much are made more often: splits and routes have the most to say. */
const WEIGHTS: { readonly [name: string]: number } = {
  'new CanarySplit': 5,
  'new MeshService': 3,
  'MeshGateway.addHttpRoute': 12,
  'IMeshGateway.addHttpRoute': 3,
  'MeshGateway.addGrpcRoute': 2,
  'MeshService.calls': 2,
  'new StatefulMeshService': 3,
  'StatefulMeshService.fromWorkload': 2,
  'new RemotePods': 3,
  'MeshCluster.synthFolders': 3,
  'MeshGateway.addPodRoutes': 3,
  'IMeshGateway.addPodRoutes': 2,
  'MeshGateway.addPodTcpRoutes': 2,
};
const WEIGHTED = STEPS.flatMap(step => Array.from({ length: WEIGHTS[step.name] ?? 1 }, () => step));

/** The number of things that a step can be. */
export const KINDS = WEIGHTED.length;

/** Runs the program. Whatever the library throws comes through; a step for which nothing suits is left out. */
export function run(world: World, { layout, steps }: Case): void {
  world.choices = new Choices(layout);
  const places = charts(world);
  for (const { what, seed } of steps) {
    world.choices = new Choices(seed);
    [world.chart, world.cluster] = world.choices.pick(places);
    const before = world.slots.length;
    try {
      call(world, WEIGHTED[what]);
    } catch (e) {
      if (!(e instanceof NothingSuits)) throw e;
      world.leaveOut(before);
    }
  }
}

export function begin(fault?: Fault): World {
  return new World(make, fault);
}

/** One or two charts, in clusters of their own or in the App's, some with a namespace. */
function charts(world: World): [Chart, string][] {
  const clusters = Array.from({ length: world.choices.pick([0, 0, 1, 2]) }, () => make(world, 'MeshCluster') as Chart);
  return ['one', 'two'].slice(0, world.choices.int(1, 2)).map(id => {
    const scope = world.choices.pick([...clusters, world.app]);
    const cluster = scope === world.app ? '' : scope.node.path;
    const namespace = world.choices.chance(40) ? world.fresh(`cluster ${cluster}`) : undefined;
    return [new Chart(scope, id, { namespace }), cluster];
  });
}
