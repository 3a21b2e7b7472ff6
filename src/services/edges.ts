import { IConstruct } from 'constructs';
import { perCluster } from '../kernel/mesh-cluster';

/** That somebody calls somebody: what was said by `calls`, and what routes of gateways imply. */
export interface Edge {
  /** The construct that calls: a service or a gateway. */
  readonly caller: IConstruct;
  /** The construct that is called. */
  readonly callee: IConstruct;
  /** The number of the port that is called. */
  readonly port: number;
}

const edges = perCluster(() => new Map<string, Edge>());

/** Records that somebody calls somebody. Saying it twice is saying it once. */
export function recordEdge(edge: Edge): void {
  edges(edge.callee).set(key(edge), edge);
}

/** Every edge of the cluster that a construct belongs to, in an order that does not depend on who spoke first. */
export function edgesAround(scope: IConstruct): Edge[] {
  return [...edges(scope).values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key({ caller, callee, port }: Edge): string {
  return `${caller.node.path} ${callee.node.path} ${port}`;
}
