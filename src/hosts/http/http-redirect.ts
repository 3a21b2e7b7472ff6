import { IConstruct } from 'constructs';
import { HttpMatch } from './http-match';
import { perCluster } from '../../kernel/mesh-cluster';
import { byNarrowness, covers } from '../../values/host';
import { RoutedMatch } from '../route-action';
import { RouteBackend, RouteToTarget } from '../route-backend';

/** Where requests in clear text come in. */
export const HTTP_PORT = 80;

/** The challenges of ACME, by which a certificate authority knows whose a host is. */
export const CHALLENGE = new HttpMatch({ gatewayPort: HTTP_PORT, path: { kind: 'prefix', value: '/.well-known/acme-challenge/' } });

/** Requests in clear text for a host of a gateway, which routes send to HTTPS. */
export interface HttpRedirect {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  /** A host or pattern that a server of the gateway lists. */
  readonly host: string;
  /** Who answers the challenges of ACME, where no routes of somebody else do. */
  readonly challenge?: { readonly end: RouteBackend; readonly to: RouteToTarget };
}

const redirects = perCluster((): HttpRedirect[] => []);

/** Enters a redirect. All routings of its hosts write it, whoever owns them. */
export function redirectHttp(scope: IConstruct, redirect: HttpRedirect): void {
  redirects(scope).push(redirect);
}

/**
 * The routes by which requests in clear text for a host are sent to HTTPS, to stand before all others: a VirtualService for the host
 * itself is asked in place of one for a wildcard, so each needs its own. Of the routes for a port Istio leaves out what comes behind
 * one for every request, and moves that one behind what other VirtualServices say of the host.
 */
export function redirectRoutes(scope: IConstruct, gateway: string, host: string): RoutedMatch[] {
  const found = redirects(scope).filter(redirect => redirect.gateway === gateway && covers(redirect.host, host));
  const [nearest] = found.sort((a, b) => byNarrowness(a.host, b.host));
  const everything = new HttpMatch({ gatewayPort: HTTP_PORT });
  const answered = nearest?.challenge?.end.resolve(nearest.challenge.to) ?? [];
  return nearest === undefined ? [] : [
    ...answered.map(({ match, action }) => ({ match: CHALLENGE.and(match, scope)!, action })),
    { match: everything, action: { redirect: { scheme: 'https', redirectCode: 301 } } },
  ];
}
