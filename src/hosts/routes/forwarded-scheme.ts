import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { HttpMatch } from '../http/http-match';
import { HostListeners } from '../model/host-listeners';

/** Refuses a match on `x-forwarded-proto` at a gateway that trusts no proxy in front of it: such a gateway overwrites the header. */
export function checkScheme(match: HttpMatch, by: IConstruct, hosts: HostListeners[]): void {
  const untrusting = match.readsHeader('x-forwarded-proto') ? hosts.find(({ trustsProxies }) => trustsProxies === false) : undefined;
  if (untrusting) {
    throw new MeshError('IM1361', by, {
      problem: `the gateway of ${untrusting.host} trusts no proxy in front of it, so it overwrites x-forwarded-proto by the port at which a request arrives`,
      got: match.toIstio(),
      next: 'set the number of trusted proxies: GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } }); or match by `gatewayPort`',
    });
  }
}
