import { IConstruct } from 'constructs';
import { CalleeAttributes } from './callee';
import { perCluster } from '../../kernel/mesh-cluster';
import { ObservableList } from '../../kernel/observable-list';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { Requests } from '../../values/requests';

/** What policies have to know of a caller. */
export interface CallerAttributes {
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

  /** What policies have to know of it, asked when all have spoken. */
  facts(): CallerAttributes;
}

/** That somebody calls somebody: what was said by `calls`, and what routes of gateways imply. */
export interface Call {
  readonly caller: Caller;
  readonly callee: CalleeAttributes;
  /** The port that is called. */
  readonly port: MeshPort;
  /** The requests that are made; all that the port can carry where not said. */
  readonly requests?: Requests;
  /** Whether policies of the callee make no copies of what is sent: it is copies, or the route says who gets them. */
  readonly uncopied?: boolean;
}

interface Entry {
  /** What tells the edge from every other, and its place among them. */
  readonly key: string;
  readonly edge: Call;
}

/** Kept by both ends too: everybody asks for his own, and who reads them all for each of them reads a large mesh for long. */
interface Register {
  readonly entries: Map<string, Entry>;
  readonly ends: Map<IConstruct, Set<Entry>>;
  readonly edges: ObservableList<Call>;
}

const register = perCluster((): Register => ({ entries: new Map(), ends: new Map(), edges: new ObservableList() }));

/** Records that somebody calls somebody. Saying it twice is saying it once. */
export function recordCall(edge: Call): void {
  const { entries, ends, edges } = register(edge.callee.construct);
  const entry = { key: key(edge), edge };
  if (entries.has(entry.key)) {
    return;
  }
  entries.set(entry.key, entry);
  for (const end of [edge.callee.construct, ...edge.caller.construct ? [edge.caller.construct] : []]) {
    ends.set(end, (ends.get(end) ?? new Set()).add(entry));
  }
  edges.add(edge);
}

/** Every edge of the cluster that a construct belongs to, in an order that does not depend on who spoke first. */
export function callsIn(scope: IConstruct): Call[] {
  return inOrder(register(scope).entries.values());
}

/** The edges of that cluster that lead to some of the constructs, or from them, in the same order. */
export function callsOf(scope: IConstruct, constructs: IConstruct[]): Call[] {
  const { ends } = register(scope);
  return inOrder(new Set(constructs.flatMap(construct => [...ends.get(construct) ?? []])));
}

/** Calls the listener for every edge of the cluster, recorded already or still to come. */
export function onEachCall(scope: IConstruct, listener: (edge: Call) => void): void {
  register(scope).edges.each(listener);
}

function inOrder(entries: Iterable<Entry>): Call[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ edge }) => edge);
}

function key({ caller, callee, port, requests = {}, uncopied = false }: Call): string {
  const ends = uncopied ? ['uncopied'] : [];
  return [caller.key, callee.construct.node.path, callee.version ?? '', port.port, port.name, JSON.stringify(requests), ...ends].join(' ');
}
