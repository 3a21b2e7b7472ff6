import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { patchesOf } from './written-object';

/** Looks at all objects of a cluster when all constructs are there, and returns the errors. */
export type ClusterCheck = (cluster: IConstruct, objects: ApiObject[]) => string[];

const checks: ClusterCheck[] = [];

/** Adds a check that needs to know more than the kernel does. */
export function checkClusters(check: ClusterCheck): void {
  checks.push(check);
}

const passed = new WeakMap<IConstruct, string>();

/**
 * The errors of all checks. cdk8s validates the whole App again for every chart that it writes: what has passed is not looked at again
 * before there is another object or patch.
 */
export function problemsIn(cluster: IConstruct, objects: ApiObject[]): string[] {
  const state = `${objects.length} ${objects.reduce((sum, object) => sum + patchesOf(object).length, 0)}`;
  if (passed.get(cluster) === state) {
    return [];
  }
  const problems = checks.flatMap(check => check(cluster, objects));
  if (problems.length === 0) {
    passed.set(cluster, state);
  }
  return problems;
}
