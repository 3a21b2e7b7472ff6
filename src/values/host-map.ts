import { addTo } from './get-or-add';
import { isPattern } from './host';

/** The hosts and patterns that can cover a host or pattern, the narrowest first: itself, `*.` before each of its parents, and `*`. */
export function coveringPatterns(host: string): string[] {
  const above = parents(host).map(parent => `*${parent}`);
  return isPattern(host) ? above : [host, ...above];
}

/** The ends of a host that begin with a dot, the longest first, and the empty one. */
function parents(host: string): string[] {
  const found: string[] = [];
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    found.push(host.slice(dot));
  }
  return [...found, ''];
}

interface Entry<T> {
  readonly value: T;
  readonly place: number;
}

/** Values by host or pattern. It finds those of hosts that cover another one, or that it covers, without a search of all. */
export class HostMap<T> {
  private readonly byHost = new Map<string, Entry<T>[]>();
  private readonly byParent = new Map<string, Entry<T>[]>();
  private count = 0;

  public add(host: string, value: T): void {
    const entry = { value, place: this.count++ };
    addTo(this.byHost, host, entry);
    parents(host).forEach(parent => addTo(this.byParent, parent, entry));
  }

  /** The values of exactly this host or pattern, in order of addition. */
  public of(host: string): T[] {
    return values(this.byHost.get(host) ?? []);
  }

  /** The values of hosts and patterns that cover this one, in order of addition. */
  public covering(host: string): T[] {
    return values(this.above(host));
  }

  /** The values of hosts and patterns that this one covers, in order of addition. */
  public coveredBy(host: string): T[] {
    return values(this.below(host));
  }

  /** The values of hosts and patterns that cover this one or that it covers, in order of addition. */
  public near(host: string): T[] {
    return values([...new Set([...this.above(host), ...this.below(host)])]);
  }

  /** Whether a host or pattern covers this one, or is covered by it. */
  public meets(host: string): boolean {
    return (isPattern(host) && this.byParent.has(host.slice(1))) || coveringPatterns(host).some(pattern => this.byHost.has(pattern));
  }

  private above(host: string): Entry<T>[] {
    return coveringPatterns(host).flatMap(pattern => this.byHost.get(pattern) ?? []);
  }

  private below(host: string): Entry<T>[] {
    return (isPattern(host) ? this.byParent.get(host.slice(1)) : this.byHost.get(host)) ?? [];
  }
}

function values<T>(entries: Entry<T>[]): T[] {
  return [...entries].sort((a, b) => a.place - b.place).map(({ value }) => value);
}
