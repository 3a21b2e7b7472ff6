import { IConstruct } from 'constructs';
import { registryOf } from '../kernel/registry';

class AliasRegistry {
  /** Further names of hosts, by host. Written by `ServiceAlias`. Complete at synthesis. */
  public readonly aliases = new Map<string, string[]>();
}

/** Registers an alias of a host. */
export function declareAlias(scope: IConstruct, host: string, alias: string): void {
  registryOf(scope, AliasRegistry).aliases.set(host, [...registryOf(scope, AliasRegistry).aliases.get(host) ?? [], alias]);
}

/** The aliases of a host, sorted. Complete at synthesis. */
export function aliasesOf(scope: IConstruct, host: string): string[] {
  return [...registryOf(scope, AliasRegistry).aliases.get(host) ?? []].sort();
}
