import { IConstruct } from 'constructs';
import { ClusterParts } from './cluster-parts';
import { patchCount } from './written-object';

/** Compares the objects of a cluster at synthesis, and returns the errors. */
export type ClusterCheck = (cluster: IConstruct, parts: ClusterParts) => string[];

/**
 * Checks of higher floors, which the kernel cannot import. Each cluster runs all of them. This is the only mutable list of a module: it holds
 * functions, and it is complete when `src/index.ts` is loaded.
 */
const checks: ClusterCheck[] = [];

/** Adds a check of a higher floor. Call it when the module is loaded. */
export function checkClusters(check: ClusterCheck): void {
  checks.push(check);
}

/** The checks of one cluster. */
export class ClusterChecks {
  private passed?: string;

  /**
   * The errors of all checks. cdk8s validates the whole App again for every chart that it writes. Objects that passed are checked again only after
   * an object or a patch is added.
   */
  public problems(cluster: IConstruct, parts: ClusterParts): string[] {
    const { objects } = parts;
    const state = `${objects.length} ${objects.reduce((sum, object) => sum + patchCount(object), 0)}`;
    if (this.passed === state) {
      return [];
    }
    const problems = checks.flatMap(check => check(cluster, parts));
    if (problems.length === 0) {
      this.passed = state;
    }
    return problems;
  }
}
