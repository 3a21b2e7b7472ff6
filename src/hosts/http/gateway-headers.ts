import { IConstruct } from 'constructs';
import { HttpMatch } from './http-match';
import { RoutedPlace } from './redirect-port';
import { MeshError } from '../../diagnostics/mesh-error';

/** What gateways take away from requests before they look at routes, as Envoy 1.40 was seen to do. */
const TAKEN_AWAY = new RegExp(`^x-envoy-(${[
  'decorator-operation', 'downstream-service-(cluster|node)', 'expected-rq-timeout-ms', 'external-address', 'force-trace', 'hedge-on-per-try-timeout', 'internal', 'ip-tags',
  'is-timeout-retry', 'max-retries', 'original-(host|path)', 'retriable-.*', 'retry-.*', 'upstream-.*',
].join('|')})$`);

/** Refuses a match on a header that a gateway takes away from requests. */
export function checkArrives(name: string, at: string): void {
  if (TAKEN_AWAY.test(name)) {
    throw new MeshError('IM1361', at, { problem: `gateways take ${name} away from requests before they look at routes`, got: name });
  }
}

/** Refuses a match on the scheme that a proxy in front of the gateway wrote, where the gateway believes no such proxy and writes its own. */
export function checkScheme(match: HttpMatch, by: IConstruct, places: RoutedPlace[]): void {
  const { headers = {}, withoutHeaders = {} } = match.toIstio();
  const place = [headers, withoutHeaders].some(conditions => 'x-forwarded-proto' in conditions) && places.find(({ trustsProxies }) => trustsProxies === false);
  if (place) {
    throw new MeshError('IM1361', by, {
      problem: `the gateway of ${place.host} writes x-forwarded-proto itself, by the port at which a request arrives: it trusts no proxy in front of it`,
      got: match.toIstio(),
      next: 'say how many proxies it may trust: GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } }); or match by `gatewayPort`',
    });
  }
}
