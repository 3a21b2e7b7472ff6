import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/**
 * The next step for two constructs that make one thing. Where charts stand for environments, each belongs into a cluster of its own.
 */
export function nextForTwo(one: IConstruct, other: IConstruct, next: string): { readonly next: string } {
  const [here, there] = [one, other].map(construct => construct.node.scopes.find(Chart.isChart));
  return { next: here === there ? next : `${next}; charts for two clusters or environments stand in a MeshCluster each` };
}
