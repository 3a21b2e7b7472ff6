import { IConstruct } from 'constructs';
import { registryOf } from '../../kernel/registry';
import { getOrAdd } from '../../values/get-or-add';
import { coveringPatterns } from '../../values/host-map';
import { HttpMatch } from '../http/http-match';
import { Resolution, resolution } from '../model/route-action';
import { RouteBackend, RouteToTarget } from '../model/route-backend';

/** The port for plain HTTP. */
export const HTTP_PORT = 80;

/** ACME HTTP-01 challenges, by which a certificate authority checks who controls a host. */
export const CHALLENGE = new HttpMatch({ gatewayPort: HTTP_PORT, path: { kind: 'prefix', value: '/.well-known/acme-challenge/' } });

/** A redirect from HTTP to HTTPS for one host of a gateway. It is written as routes. */
export interface HttpRedirect {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  /** A host or pattern that a server of the gateway lists. */
  readonly host: string;
  /** The solver that answers ACME challenges, unless other routes do. */
  readonly challenge?: { readonly backend: RouteBackend; readonly route: RouteToTarget };
}

class HttpRedirectRegistry {
  /** Redirects to HTTPS that are written as routes, by gateway and host. Written by servers with an ACME solver. Complete at synthesis. */
  public readonly redirects = new Map<string, HttpRedirect>();
}

/** Registers a redirect. Every routing of its hosts writes it, whichever construct owns the routing. */
export function redirectHttp(scope: IConstruct, redirect: HttpRedirect): void {
  getOrAdd(registryOf(scope, HttpRedirectRegistry).redirects, `${redirect.gateway} ${redirect.host}`, () => redirect);
}

/**
 * The routes that redirect plain HTTP requests for a host to HTTPS. They come before all other routes. A VirtualService for the exact
 * host replaces one for a wildcard, so each VirtualService needs its own. Istio drops the routes of a port that follow a catch-all route,
 * and moves the catch-all behind the routes of other VirtualServices for the host.
 */
export function redirectRoutes(scope: IConstruct, gateway: string, host: string): Resolution {
  const { redirects } = registryOf(scope, HttpRedirectRegistry);
  const [nearest] = coveringPatterns(host).flatMap(pattern => redirects.get(`${gateway} ${pattern}`) ?? []);
  if (nearest === undefined) {
    return resolution([]);
  }
  const answered = nearest.challenge?.backend.resolve(nearest.challenge.route) ?? resolution([]);
  const challenges = answered.routes.map(({ match, action }) => ({ ...CHALLENGE.combine(match, scope), action }));
  return resolution([
    ...challenges.flatMap(({ match, action }) => (match ? [{ match, action }] : [])),
    { match: new HttpMatch({ gatewayPort: HTTP_PORT }), action: { redirect: { scheme: 'https', redirectCode: 301 } } },
  ], [answered, ...challenges].flatMap(({ problems }) => problems));
}
