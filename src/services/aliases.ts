import { IConstruct } from 'constructs';
import { perCluster } from '../kernel/mesh-cluster';

const aliases = perCluster(() => new Map<string, string[]>());

/** States a second name of a host. */
export function declareAlias(scope: IConstruct, host: string, alias: string): void {
  aliases(scope).set(host, [...aliases(scope).get(host) ?? [], alias]);
}

/** The second names of a host, sorted. Complete at synthesis. */
export function aliasesOf(scope: IConstruct, host: string): string[] {
  return [...aliases(scope).get(host) ?? []].sort();
}
