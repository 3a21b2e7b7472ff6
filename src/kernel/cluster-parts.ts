import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { nextForTwo } from './next-for-two';
import { ownedBy } from './owned-objects';
import { identityOf } from './written-object';
import { MeshError } from '../diagnostics/mesh-error';
import { apiObjectsOf, chartsOf } from '../synthesis/app-tree';
import { getOrAdd } from '../values/get-or-add';

/** The objects and charts of a cluster, in the order of the tree. */
export interface ClusterParts {
  readonly objects: readonly ApiObject[];
  /** The objects that no construct of this library writes. */
  readonly foreign: ReadonlySet<ApiObject>;
  readonly charts: readonly Chart[];
}

/** The parts of all clusters of an App. Those of the App's own cluster are in no other one: their key is undefined. */
export function partsByCluster<T>(app: IConstruct, clusterOf: (construct: IConstruct) => T | undefined): ReadonlyMap<T | undefined, ClusterParts> {
  const parts = new Map<T | undefined, { readonly objects: ApiObject[]; readonly foreign: Set<ApiObject>; readonly charts: Chart[] }>();
  const of = (construct: IConstruct) => getOrAdd(parts, clusterOf(construct), () => ({ objects: [], foreign: new Set<ApiObject>(), charts: [] }));
  const byChart = new Map(chartsOf(app).map(chart => [chart, of(chart)])); // a cluster is in no chart
  const isOwned = ownedBy(app);
  for (const object of apiObjectsOf(app)) {
    const { objects, foreign } = byChart.get(object.chart) ?? of(object);
    objects.push(object);
    if (!isOwned(object)) {
      foreign.add(object);
    }
  }
  chartsOf(app).forEach(chart => of(chart).charts.push(chart));
  return parts;
}

/** Refuses objects with one name: cdk8s writes all of them, and the cluster keeps the last. */
export function writtenTwice(objects: readonly ApiObject[]): string[] {
  const first = new Map<string, ApiObject>();
  const problems: string[] = [];
  for (const object of objects) {
    const { apiGroup, kind, namespace = '', name } = identityOf(object);
    const key = `${apiGroup}/${kind}/${namespace}/${name}`;
    const other = first.get(key);
    if (other) {
      problems.push(new MeshError('IM1003', object, {
        problem: `${other.node.path} also creates ${kind} ${namespace ? `${namespace}/` : ''}${name}`,
        ...nextForTwo(object, other, 'rename one of them, or use the first object in both places'),
      }).message);
    } else {
      first.set(key, object);
    }
  }
  return problems;
}
