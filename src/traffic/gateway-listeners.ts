import { IConstruct } from 'constructs';
import { GatewayServer } from './gateway-server';
import { GatewayWorkload } from './gateway-workload';
import { MeshError } from '../diagnostics/mesh-error';
import { perCluster } from '../kernel/mesh-cluster';

interface Listener {
  readonly workload: GatewayWorkload;
  readonly port: number;
  readonly protocol: string;
  readonly host: string;
  readonly gateway: IConstruct;
}

const listeners = perCluster((): Listener[] => []);

/**
 * Enters what a server listens for. The pods of a gateway have one listener per port, whichever Gateway objects select them: two that
 * claim the same host there, or speak different protocols, are refused.
 */
export function listen(gateway: IConstruct, workload: GatewayWorkload, server: GatewayServer): void {
  const redirects = server.redirectHttp ? server.hosts.map(host => ({ workload, port: 80, protocol: 'HTTP', host, gateway })) : [];
  const wanted = [...server.hosts.map(host => ({ workload, port: server.port, protocol: server.protocol, host, gateway })), ...redirects];
  wanted.forEach((listener, i) => check(listener, [...listeners(gateway), ...wanted.slice(0, i)]));
  listeners(gateway).push(...wanted);
}

/** Whether two gateways configure one listener of some pods. */
export function shareListener(one: IConstruct, other: IConstruct): boolean {
  const of = (gateway: IConstruct) => listeners(gateway).filter(listener => listener.gateway === gateway);
  return of(one).some(mine => of(other).some(its => its.port === mine.port && its.workload._overlaps(mine.workload)));
}

function check({ workload, port, protocol, host, gateway }: Listener, known: Listener[]): void {
  const neighbours = known.filter(other => other.port === port && other.workload._overlaps(workload));
  const stranger = neighbours.find(other => transport(other.protocol) !== transport(protocol));
  if (stranger) {
    throw new MeshError('IM1304', gateway, {
      problem: `port ${port} of the gateway's pods speaks ${stranger.protocol} already, for ${stranger.gateway.node.path}`, got: protocol, allowed: stranger.protocol,
    });
  }
  const twin = neighbours.find(other => other.host === host);
  if (twin) {
    throw new MeshError('IM1302', gateway, {
      problem: `${host} on port ${port} of the gateway's pods is served already, by ${twin.gateway === gateway ? 'another server or a redirect of this gateway' : twin.gateway.node.path}`,
      got: host,
      ...twin.gateway === gateway ? { next: 'list the host once; port 80 of a server with `redirectHttp` is taken' } : {},
    });
  }
}

/** What a listener of Envoy has one of: behind TLS it chooses by server name whether TLS ends there. */
function transport(protocol: string): string {
  return protocol === 'HTTPS' ? 'TLS' : protocol;
}
