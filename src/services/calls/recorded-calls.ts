import { IConstruct } from 'constructs';
import { CalleeAttributes } from './callee';
import { Caller } from './caller';
import { ObservableList } from '../../kernel/observable-list';
import { registryOf } from '../../kernel/registry';
import { MeshPort } from '../../values/mesh-port';
import { Requests } from '../../values/requests';

/** A call that is declared by `calls`, or that a route of a gateway implies. */
export interface Call {
  readonly caller: Caller;
  readonly callee: CalleeAttributes;
  /** The port that is called. */
  readonly port: MeshPort;
  /** The requests that are made; undefined for all that the port can carry. */
  readonly requests?: Requests;
  /** Whether mirrors of the callee's policies do not apply: the call is a mirror itself, or the route sets its own. */
  readonly uncopied?: boolean;
}

interface Entry {
  /** What distinguishes the call from every other, and its place among them. */
  readonly key: string;
  readonly call: Call;
}

/** Calls are also kept by construct: in a large mesh it takes long to filter all of them for each construct. */
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

/** Every call of the cluster around a construct, in an order that does not depend on the order of construction. */
export function callsIn(scope: IConstruct): Call[] {
  return inOrder(registryOf(scope, CallRegistry).entries.values());
}

/** The calls of that cluster from some of the constructs or to them, in the same order. */
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
