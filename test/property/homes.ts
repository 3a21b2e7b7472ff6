import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { World } from './world';
import { MeshNamespace } from '../../src';

/** The scope of what is being made: a cluster stands in the App, a namespace and the mesh itself in a chart, everything else in a namespace. */
export function homeOf(w: World): Construct {
  const owner = w.frames[w.frames.length - 1].owner;
  if (owner === 'new MeshCluster') {
    return w.app;
  }
  if (/^new MeshNamespace$|^MeshNamespace\.|^new (IstioInstall|MeshSettings)$/.test(owner)) {
    return w.chart;
  }
  if (w.chart.namespace !== undefined && w.choices.chance(30)) {
    return w.chart;
  }
  const namespaces = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshNamespace)
    .filter(namespace => !/^new (EgressRoute|RemotePods)$/.test(owner) || !w.isTaken('closed', namespace));
  return namespaces.length > 0 && w.choices.chance(80) ? w.choices.pick(namespaces) : w.make('MeshNamespace') as MeshNamespace;
}

/** The space in which names have to differ: those of a namespace, or those of the cluster. */
export function spaceOf(w: World, scope: unknown): string {
  if (scope === w.app) return 'clusters';
  return scope instanceof Construct && !Chart.isChart(scope) ? scope.node.path : `cluster ${w.cluster}`;
}

/** Whether pods in a scope have sidecars, as far as the scope itself says. */
export function hasSidecars(scope: unknown): boolean {
  return !(scope instanceof MeshNamespace && !scope.injects);
}
