import { IConstruct } from 'constructs';
import { checkKeys } from './hashed-shares';
import { MeshHost } from './mesh-host';
import { HostListeners, HttpListener } from './model/host-listeners';
import { OwnedMatch, RoutedMatch } from './model/route-action';
import { checkScheme } from './routes/forwarded-scheme';
import { endlessRedirect } from './routes/redirect-loop';
import { checkDefaultPort, toDefaultPort } from './routes/redirect-port';
import { MeshError } from '../diagnostics/mesh-error';

/** Refuses a resolved route that a gateway would not follow as written. */
export function checkAtGateway(route: RoutedMatch & OwnedMatch, hosts: HostListeners[], scope: IConstruct): void {
  checkDefaultPort(route, hosts);
  const { match, action, by } = toDefaultPort(route, hosts);
  checkScheme(match, by, hosts);
  checkKeys(action.destinations, by, host => MeshHost.of(scope, host)?.policy);
}

/** Refuses a redirect that a client would follow endlessly. */
export function checkRedirectLoop(routes: (RoutedMatch & OwnedMatch)[], host: string, listeners: HttpListener[]): void {
  const endless = endlessRedirect(routes, host, listeners);
  if (endless) {
    throw new MeshError('IM1347', endless.by, { problem: `the redirect for ${host} leads back to its own route, in an endless loop`, found: endless.request });
  }
}
