import { IConstruct } from 'constructs';
import { HttpMatch } from './http-match';
import { RoutedPlace } from './redirect-port';
import { MeshError } from '../../diagnostics/mesh-error';

/** Headers that gateways remove from requests before they match routes, as observed with Envoy 1.40. */
const REMOVED = new RegExp(`^x-envoy-(${[
  'decorator-operation', 'downstream-service-(cluster|node)', 'expected-rq-timeout-ms', 'external-address', 'force-trace', 'hedge-on-per-try-timeout', 'internal', 'ip-tags',
  'is-timeout-retry', 'max-retries', 'original-(host|path)', 'retriable-.*', 'retry-.*', 'upstream-.*',
].join('|')})$`);

/** Refuses a match on a header that gateways remove from requests. */
export function checkArrives(name: string, at: string): void {
  if (REMOVED.test(name)) {
    throw new MeshError('IM1361', at, { problem: `gateways remove ${name} from requests before they match routes`, got: name });
  }
}

/** Refuses a match on `x-forwarded-proto` at a gateway that trusts no proxy in front of it: such a gateway overwrites the header. */
export function checkScheme(match: HttpMatch, by: IConstruct, places: RoutedPlace[]): void {
  const { headers = {}, withoutHeaders = {} } = match.toIstio();
  const place = [headers, withoutHeaders].some(conditions => 'x-forwarded-proto' in conditions) && places.find(({ trustsProxies }) => trustsProxies === false);
  if (place) {
    throw new MeshError('IM1361', by, {
      problem: `the gateway of ${place.host} trusts no proxy in front of it, so it overwrites x-forwarded-proto by the port at which a request arrives`,
      got: match.toIstio(),
      next: 'set the number of trusted proxies: GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } }); or match by `gatewayPort`',
    });
  }
}
