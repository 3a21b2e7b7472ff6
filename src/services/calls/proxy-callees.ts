import { IConstruct } from 'constructs';
import { registryOf } from '../../kernel/registry';
import { PodSelection } from '../workloads/workload';

/** What proxies call by themselves, besides the calls of their pods: collectors of traces and logs, and authorizers. */
export interface ProxyCallee {
  readonly host: string;
  /** The namespace of the host; `*` where it is not known. */
  readonly namespace: string;
  /** The number of the Service's port. */
  readonly port: number;
  /** The pods that answer, and where they listen, as far as it is known. */
  readonly pods?: PodSelection;
  readonly targetPort?: number;
  /** The provider by which policies name it, where proxies call it for a policy alone. */
  readonly provider?: string;
}

class ProxyCalleeRegistry {
  /** Services that proxies call themselves. Written by `MeshSettings`. Complete at synthesis. */
  public readonly callees: ProxyCallee[] = [];
}

/** Declares what proxies call by themselves. */
export function declareProxyCallees(scope: IConstruct, all: ProxyCallee[]): void {
  registryOf(scope, ProxyCalleeRegistry).callees.push(...all);
}

/** All that every proxy of the cluster calls by itself, by host and port. Complete at synthesis. */
export function collectorsAround(scope: IConstruct): ProxyCallee[] {
  return sorted(registryOf(scope, ProxyCalleeRegistry).callees.filter(({ provider }) => provider === undefined));
}

/** All that proxies of the cluster call for a policy that names one of these providers. */
export function authorizersAround(scope: IConstruct, providers: string[]): ProxyCallee[] {
  return sorted(registryOf(scope, ProxyCalleeRegistry).callees.filter(({ provider }) => provider !== undefined && providers.includes(provider)));
}

function sorted(all: ProxyCallee[]): ProxyCallee[] {
  const key = ({ host, port }: ProxyCallee) => `${host}:${port}`;
  return [...new Map(all.map(each => [key(each), each])).values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
