import { IConstruct } from 'constructs';
import { CalleeFacts } from './callee';
import { perCluster } from '../../kernel/mesh-cluster';
import { Roll } from '../../kernel/roll';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { Requests } from '../../values/requests';

/** What policies have to know of a caller. */
export interface CallerFacts {
  readonly namespace: string;
  /** The ServiceAccounts that it runs as; undefined for every identity of the namespace. */
  readonly accounts?: string[];
  /** The root of its identities, where it is not that of the cluster. */
  readonly trustDomain?: string;
  /** The labels of its pods; none for every pod of the namespace, undefined where they are not known. */
  readonly podLabels?: Labels;
}

/** Somebody who calls: a service, one version of it, a gateway, somebody of another team. */
export interface Caller {
  /** Who it is: no two callers have one key. */
  readonly key: string;
  /** The name in messages. */
  readonly name: string;
  /** The construct that calls, where it is one. */
  readonly construct?: IConstruct;
  /** The version of the service that calls; all of them where not said. */
  readonly version?: string;

  /**
   * What policies have to know of it, asked when all have spoken.
   *
   * @throws IM1803 where it is not known
   */
  facts(): CallerFacts;
}

/** That somebody calls somebody: what was said by `calls`, and what routes of gateways imply. */
export interface Edge {
  readonly caller: Caller;
  readonly callee: CalleeFacts;
  /** The port that is called. */
  readonly port: MeshPort;
  /** The requests that are made; all that the port can carry where not said. */
  readonly requests?: Requests;
}

interface Register {
  readonly keys: Set<string>;
  readonly edges: Roll<Edge>;
}

const register = perCluster((): Register => ({ keys: new Set(), edges: new Roll() }));

/** Records that somebody calls somebody. Saying it twice is saying it once. */
export function recordEdge(edge: Edge): void {
  const { keys, edges } = register(edge.callee.construct);
  if (!keys.has(key(edge))) {
    keys.add(key(edge));
    edges.add(edge);
  }
}

/** Every edge of the cluster that a construct belongs to, in an order that does not depend on who spoke first. */
export function edgesAround(scope: IConstruct): Edge[] {
  return register(scope).edges.all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Calls the listener for every edge of the cluster, recorded already or still to come. */
export function eachEdge(scope: IConstruct, listener: (edge: Edge) => void): void {
  register(scope).edges.each(listener);
}

function key({ caller, callee, port, requests = {} }: Edge): string {
  return [caller.key, callee.construct.node.path, callee.version ?? '', port.port, port.name, JSON.stringify(requests)].join(' ');
}
