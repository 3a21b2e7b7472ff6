import { IConstruct } from 'constructs';
import { registryOf } from '../../kernel/registry';
import { PodSelection } from '../workloads/workload';

/** A callee of the proxies themselves: a collector of traces or logs, or an authorizer. */
export interface ProxyCallee {
  readonly host: string;
  /** The namespace of the host; `*` if it is unknown. */
  readonly namespace: string;
  /** The number of the Service's port. */
  readonly port: number;
  /** The pods of the callee and their target port, if they are known. */
  readonly pods?: PodSelection;
  readonly targetPort?: number;
  /** The provider, if proxies call it only for policies that name this provider. */
  readonly provider?: string;
}

class ProxyCalleeRegistry {
  /** Services that proxies call themselves. Written by `MeshSettings`. Complete at synthesis. */
  public readonly callees: ProxyCallee[] = [];
}

/** Declares callees of the proxies themselves. */
export function declareProxyCallees(scope: IConstruct, all: ProxyCallee[]): void {
  registryOf(scope, ProxyCalleeRegistry).callees.push(...all);
}

/** The callees of every proxy in the cluster, by host and port. Complete at synthesis. */
export function collectorsAround(scope: IConstruct): readonly ProxyCallee[] {
  return sorted(registryOf(scope, ProxyCalleeRegistry).callees, ({ provider }) => provider === undefined);
}

/** The callees of proxies for policies that name one of some providers, which are asked for if there are callees. */
export function authorizersAround(scope: IConstruct, providers: () => string[]): readonly ProxyCallee[] {
  const { callees } = registryOf(scope, ProxyCalleeRegistry);
  const named = callees.some(({ provider }) => provider !== undefined) ? providers() : [];
  return sorted(callees, ({ provider }) => provider !== undefined && named.includes(provider));
}

function sorted(all: readonly ProxyCallee[], is: (callee: ProxyCallee) => boolean): readonly ProxyCallee[] {
  if (all.length === 0) {
    return all; // most meshes have none, and every workload asks
  }
  const key = ({ host, port }: ProxyCallee) => `${host}:${port}`;
  return [...new Map(all.filter(is).map(each => [key(each), each])).values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
