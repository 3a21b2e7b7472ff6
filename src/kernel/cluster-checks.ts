import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { patchesOf } from './written-object';

/** Compares the objects of a cluster at synthesis, and returns the errors. */
export type ClusterCheck = (cluster: IConstruct, objects: ApiObject[]) => string[];

/**
 * Checks of the floors above. This is the only list of a module that grows: it holds functions, and it is complete when `src/index.ts` is loaded. The
 * kernel cannot import these checks, and each cluster runs all of them.
 */
const checks: ClusterCheck[] = [];

/** Adds a check that needs more than the kernel knows. Call it when the module is loaded. */
export function checkClusters(check: ClusterCheck): void {
  checks.push(check);
}

/** The checks of one cluster. */
export class ClusterChecks {
  private passed?: string;

  /**
   * The errors of all checks. cdk8s validates the whole App again for every chart that it writes. Objects that passed are checked again only when
   * there is another object or patch.
   */
  public problems(cluster: IConstruct, objects: ApiObject[]): string[] {
    const state = `${objects.length} ${objects.reduce((sum, object) => sum + patchesOf(object).length, 0)}`;
    if (this.passed === state) {
      return [];
    }
    const problems = checks.flatMap(check => check(cluster, objects));
    if (problems.length === 0) {
      this.passed = state;
    }
    return problems;
  }
}
