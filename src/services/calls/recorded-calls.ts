import { IConstruct } from 'constructs';
import { CalleeAttributes } from './callee';
import { Caller } from './caller';
import { ObservableList } from '../../kernel/observable-list';
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

/** Calls are also indexed by construct, because filtering all calls for each construct is slow in a large mesh. */
class CallRegistry {
  /** Calls by caller, callee and port. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly entries = new Map<string, Entry>();

  /** Calls by the construct of their caller or callee. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly byConstruct = new Map<IConstruct, Set<Entry>>();

  /** Calls in order of declaration. Written by `calls`, gateway routes and mirrors. Complete at synthesis. */
  public readonly calls = new ObservableList<Call>();
}

/** Records a call. A duplicate is recorded once. */
export function recordCall(call: Call): void {
  const { entries, byConstruct, calls } = registryOf(call.callee.construct, CallRegistry);
  const entry = { key: key(call), call };
  if (entries.has(entry.key)) {
    return;
  }
  entries.set(entry.key, entry);
  for (const construct of [call.callee.construct, ...call.caller.construct ? [call.caller.construct] : []]) {
    byConstruct.set(construct, (byConstruct.get(construct) ?? new Set()).add(entry));
  }
  calls.add(call);
}

/** All calls in the cluster of a construct. Their order does not depend on the order of construction. */
export function callsIn(scope: IConstruct): Call[] {
  return inOrder(registryOf(scope, CallRegistry).entries.values());
}

/** The calls from or to some constructs, in the same order. */
export function callsOf(scope: IConstruct, constructs: IConstruct[]): Call[] {
  const { byConstruct } = registryOf(scope, CallRegistry);
  return inOrder(new Set(constructs.flatMap(construct => [...byConstruct.get(construct) ?? []])));
}

/** Calls the listener for every call of the cluster, recorded before or after. */
export function onEachCall(scope: IConstruct, listener: (call: Call) => void): void {
  registryOf(scope, CallRegistry).calls.each(listener);
}

function inOrder(entries: Iterable<Entry>): Call[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ call }) => call);
}

function key({ caller, callee, port, requests = {}, uncopied = false }: Call): string {
  const flags = uncopied ? ['uncopied'] : [];
  return [caller.key, callee.construct.node.path, callee.version ?? '', port.port, port.name, JSON.stringify(requests), ...flags].join(' ');
}
