import { IConstruct } from 'constructs';
import { perCluster } from '../kernel/mesh-cluster';

/** A second name of a host, and the namespace that it stands in. */
export interface Alias {
  readonly namespace: string;
  readonly host: string;
}

const aliases = perCluster(() => new Map<string, Alias[]>());

/** States a second name of a host. */
export function declareAlias(scope: IConstruct, host: string, alias: Alias): void {
  aliases(scope).set(host, [...aliases(scope).get(host) ?? [], alias]);
}

/** The second names of a host. Complete at synthesis. */
export function aliasesOf(scope: IConstruct, host: string): Alias[] {
  return aliases(scope).get(host) ?? [];
}
