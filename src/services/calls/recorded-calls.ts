import { IConstruct } from 'constructs';
import { CallList } from './call-list';
import { CalleeAttributes } from './callee';
import { Caller } from './caller';
import { registryOf } from '../../kernel/registry';
import { MeshPort } from '../../values/mesh-port';
import { Requests } from '../../values/requests';

/** A call, from `calls` or from a route of a gateway. */
export interface Call {
  readonly caller: Caller;
  readonly callee: CalleeAttributes;
  /** The called port. */
  readonly port: MeshPort;
  /** The allowed requests. Undefined for all. */
  readonly requests?: Requests;
  /** Whether mirrors of the callee's policies do not apply: the call is a mirror itself, or the route sets its own. */
  readonly uncopied?: boolean;
}

interface Entry {
  /** The unique key of the call, by which calls are sorted. */
  readonly key: string;
  readonly call: Call;
}

/** Calls in an order that does not depend on the order of construction. They are sorted once between two additions. */
class SortedCalls {
  /** The calls of several lists. A call can be in more than one. */
  public static union(lists: readonly SortedCalls[]): readonly Call[] {
    return inOrder([...new Set(lists.flatMap(({ entries }) => entries))]);
  }

  private readonly entries: Entry[];
  private sorted?: readonly Call[];

  public constructor(...entries: Entry[]) {
    this.entries = entries;
  }

  public add(entry: Entry): void {
    this.entries.push(entry);
    this.sorted = undefined;
  }

  /** Whether a call meets a condition. Needs no order. */
  public some(condition: (call: Call) => boolean): boolean {
    return this.entries.some(({ call }) => condition(call));
  }

  public get all(): readonly Call[] {
    this.sorted ??= inOrder(this.entries);
    return this.sorted;
  }
}

/** Calls are also indexed by construct, because filtering all calls for each construct is slow in a large mesh. */
class CallRegistry {
  /** The keys of all calls: caller, callee and port. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly keys = new Set<string>();

  /** All calls, sorted. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly sorted = new SortedCalls();

  /** Calls by the construct of their caller or callee. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly byConstruct = new Map<IConstruct, SortedCalls>();

  /** Calls in order of declaration. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly calls = new CallList<Call>();
}

/** Records a call. A duplicate is recorded once. */
export function recordCall(call: Call): void {
  const { keys, sorted, byConstruct, calls } = registryOf(call.callee.construct, CallRegistry);
  const entry = { key: key(call), call };
  if (keys.has(entry.key)) {
    return;
  }
  keys.add(entry.key);
  sorted.add(entry);
  for (const construct of new Set([call.callee.construct, call.caller.construct ?? call.callee.construct])) {
    const known = byConstruct.get(construct);
    if (known) {
      known.add(entry);
    } else {
      byConstruct.set(construct, new SortedCalls(entry));
    }
  }
  calls.add(call);
}

/** All calls in the cluster of a construct. Their order does not depend on the order of construction. */
export function callsIn(scope: IConstruct): readonly Call[] {
  return registryOf(scope, CallRegistry).sorted.all;
}

/** Whether a call in the cluster of a construct meets a condition. */
export function hasCall(scope: IConstruct, condition: (call: Call) => boolean): boolean {
  return registryOf(scope, CallRegistry).sorted.some(condition);
}

/** The calls from or to some constructs, in the same order. */
export function callsOf(scope: IConstruct, constructs: readonly IConstruct[]): readonly Call[] {
  const { byConstruct } = registryOf(scope, CallRegistry);
  const lists = constructs.flatMap(construct => byConstruct.get(construct) ?? []);
  return lists.length === 1 ? lists[0].all : SortedCalls.union(lists);
}

/** Calls the listener for every call of the cluster, recorded before or after. */
export function onEachCall(scope: IConstruct, listener: (call: Call) => void): void {
  registryOf(scope, CallRegistry).calls.each(listener);
}

/** Calls the listener for every call of hosts, recorded before or after. */
export function onEachCallTo(scope: IConstruct, hosts: readonly string[], listener: (call: Call) => void): void {
  registryOf(scope, CallRegistry).calls.eachTo(hosts, listener);
}

function inOrder(entries: readonly Entry[]): readonly Call[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ call }) => call);
}

function key({ caller, callee, port, requests = {}, uncopied = false }: Call): string {
  const flags = uncopied ? ['uncopied'] : [];
  return [caller.key, callee.construct.node.path, callee.version ?? '', port.port, port.name, JSON.stringify(requests), ...flags].join(' ');
}
