import { covers, isPattern } from '../values/host';

/** Hosts and their owners. */
export class HostIndex {
  private readonly exact = new Map<string, string>();
  private readonly patterns: [string, string][] = [];

  public constructor(private readonly clusterDomain: string) {}

  public add(host: string, by: string): void {
    if (isPattern(host)) {
      this.patterns.push([host, by]);
    } else if (!this.exact.has(host)) {
      this.exact.set(host, by);
    }
  }

  /**
   * The owner of a host that a host or pattern of an object in a namespace matches.
   *
   * @param partial whether a pattern that is wider than an owned host matches it too
   */
  public ownerOf(host: string, namespace: string, partial = true): { readonly host: string; readonly by: string } | undefined {
    for (const name of this.namesOf(host, namespace)) {
      const by = this.exact.get(name);
      if (by !== undefined) {
        return { host: name, by };
      }
      const wide = this.patterns.find(([pattern]) => covers(pattern, name)) ?? (isPattern(name) && partial ? this.within(name) : undefined);
      if (wide) {
        return { host: wide[0], by: wide[1] };
      }
    }
    return undefined;
  }

  private within(pattern: string): [string, string] | undefined {
    return [...this.exact, ...this.patterns].find(([host]) => covers(pattern, host));
  }

  /** The names for which Istio and DNS resolve a host. */
  private namesOf(host: string, namespace: string): string[] {
    const service = host.includes('.') || isPattern(host) ? host : `${host}.${namespace}`;
    return [...new Set([host, service, `${service}.${this.clusterDomain}`, `${service}.svc.${this.clusterDomain}`])].map(name => name.toLowerCase());
  }
}
