import { Construct } from 'constructs';
import { EgressPort } from './egress-port';
import * as networking from '../../../imports/networking.istio.io';
import { HttpMatch } from '../../hosts/http/http-match';
import { RequestRule } from '../../hosts/http/request-settings';
import { Retries } from '../../hosts/http/retries';
import { RetryOn } from '../../hosts/http/retry-on';
import { MeshHost } from '../../hosts/mesh-host';
import { Destination, renderDestinations, renderHttp } from '../../hosts/model/route-action';
import { combined } from '../../hosts/routes/http-routes';
import { routeProtocol } from '../../hosts/routes/request-policy';

/**
 * The retries of a sidecar on the hop to the gateway. By default, both proxies retry twice, so a failing call would reach the host nine times. So the
 * sidecar retries only requests that the gateway has not received.
 */
const RETRIES_TO_GATEWAY = Retries.of({ attempts: 2, retryOn: [RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM] });

/** One port of the host on the path through an egress gateway. */
export interface GatewayPathPort {
  readonly port: EgressPort;
  /** The server name by which the gateway identifies the port. */
  readonly serverName: string;
  /** The gateway's server, as the destination of the sidecar. */
  readonly destination: Destination;
}

/** The routes of the hop from the sidecar to the egress gateway. */
export function sidecarHop(source: Construct, host: MeshHost, ports: GatewayPathPort[]): Pick<networking.VirtualServiceSpec, 'http' | 'tls' | 'tcp'> {
  const ofKind = (kind: EgressPort['_kind']) => ports.filter(({ port }) => port._kind === kind);
  const nonEmpty = <T>(list: T[]) => (list.length > 0 ? list : undefined);
  const sniHosts = [host.identity.host];
  return {
    http: nonEmpty(ofKind('http').flatMap(port => httpRoutes(source, host, port))),
    tls: nonEmpty(ofKind('tls').map(({ port: { port }, destination }) => ({ match: [{ port, sniHosts }], route: renderDestinations([destination]) }))),
    tcp: nonEmpty(ofKind('tcp').map(({ port: { port }, destination }) => ({ match: [{ port }], route: renderDestinations([destination]) }))),
  };
}

/** The sidecar applies faults, for which it knows the caller, and mirrors. The gateway applies the other settings. */
function httpRoutes(
  source: Construct, { identity: { host }, routing }: MeshHost, { port: { port, _meshPort: meshPort }, serverName, destination }: GatewayPathPort,
): networking.VirtualServiceSpecHttp[] {
  const contributed = routing.requests.rules(meshPort);
  const rules = (contributed.length > 0 ? contributed : [{ match: HttpMatch.EVERYTHING, settings: {} }]).map(({ match, settings }: RequestRule) => ({
    match,
    settings: {
      rewrite: serverName === host ? undefined : { authority: serverName },
      retries: settings.retries?._toIstio.attempts === 0 ? settings.retries : RETRIES_TO_GATEWAY,
      fault: settings.fault,
      mirrors: settings.mirrors,
    },
  }));
  const routes = [{ match: HttpMatch.EVERYTHING, action: { destinations: [destination] } }];
  return renderHttp(combined(HttpMatch.EVERYTHING, rules, routes, { source, protocol: routeProtocol(meshPort) }).routes, [port]);
}
