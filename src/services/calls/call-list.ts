import { getOrAdd } from '../../values/get-or-add';

/** What has the hosts that it calls. */
interface Calling {
  readonly callee: { readonly hosts: readonly string[] };
}

interface Listening<C> {
  readonly place: number;
  readonly listener: (call: C) => void;
}

interface Called<C> {
  readonly calls: { readonly place: number; readonly call: C }[];
  readonly listeners: Listening<C>[];
}

/**
 * Calls in order of declaration, with listeners. A listener receives those of before and of later, in the order of the listeners. One for the calls of
 * some hosts is not asked for others: there may be a listener for each service.
 */
export class CallList<C extends Calling> {
  private readonly calls: C[] = [];
  private readonly listeners: Listening<C>[] = [];
  private readonly byHost = new Map<string, Called<C>>();
  private listenerCount = 0;

  public add(call: C): void {
    const entry = { place: this.calls.length, call };
    this.calls.push(call);
    const called = call.callee.hosts.map(host => this.of(host));
    called.forEach(({ calls }) => calls.push(entry));
    inOrder([...this.listeners, ...called.flatMap(({ listeners }) => listeners)]).forEach(({ listener }) => listener(call));
  }

  /** Calls the listener for every call. */
  public each(listener: (call: C) => void): void {
    this.listeners.push({ listener, place: this.listenerCount++ });
    [...this.calls].forEach(listener);
  }

  /** Calls the listener for every call of one of some hosts. */
  public eachTo(hosts: readonly string[], listener: (call: C) => void): void {
    const listening = { listener, place: this.listenerCount++ };
    const called = [...new Set(hosts)].map(host => this.of(host));
    called.forEach(({ listeners }) => listeners.push(listening));
    inOrder(called.flatMap(({ calls }) => calls)).forEach(({ call }) => listener(call));
  }

  private of(host: string): Called<C> {
    return getOrAdd(this.byHost, host, () => ({ calls: [], listeners: [] }));
  }
}

function inOrder<T extends { readonly place: number }>(entries: T[]): T[] {
  return entries.length < 2 ? entries : [...new Set(entries)].sort((a, b) => a.place - b.place);
}
