import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { hostName } from '../../values/host';
import { portNumber } from '../../values/mesh-port';
import { escaped, requestPath } from '../../values/request-path';
import { RoutedMatch } from '../route-action';

/** Which port a redirect leads to, where it is no number. */
export enum RedirectPort {
  /** That of the scheme: 80 for http, 443 for https. */
  FROM_PROTOCOL_DEFAULT = 'FROM_PROTOCOL_DEFAULT',
  /** That of the request. */
  FROM_REQUEST_PORT = 'FROM_REQUEST_PORT',
}

/** Options of `RouteTarget.redirect`. */
export interface RedirectOptions {
  /**
   * The path to go to instead, with escapes for characters that paths do not have: `/k%C3%A4se`. A query behind it replaces that of the request.
   *
   * @default - the path of the request
   */
  readonly path?: string;

  /**
   * What to put in place of the beginning of the path that the route matched. What follows is kept, and joined to it by one slash:
   * `/ratings/5`, matched by `/ratings`, goes to `/v1/5` by `/v1` as by `/v1/`, and to `/5` by `/`. The route needs matches by prefix.
   * Not beside `path`.
   *
   * @default - the path of the request
   */
  readonly pathPrefix?: string;

  /**
   * The host to go to instead.
   *
   * @default - the host of the request
   */
  readonly host?: string;

  /**
   * The port to go to instead.
   *
   * @default - the port of the scheme
   */
  readonly port?: number;

  /**
   * Where the port is taken from. Not beside `port`.
   *
   * @default - the port of the request where the scheme stays the same, else that of the scheme
   */
  readonly derivePort?: RedirectPort;

  /**
   * The scheme to go to, `http` or `https`.
   *
   * @default - the scheme of the request
   */
  readonly scheme?: string;

  /**
   * The status of the answer: 301, 302, 303, 307 or 308.
   *
   * @default 301
   */
  readonly status?: number;
}

/** The redirect as Istio spells it. */
export function redirectTo(options: RedirectOptions): networking.VirtualServiceSpecHttpRedirect {
  const at = 'RouteTarget.redirect()';
  const { path, pathPrefix, host, port, derivePort, scheme, status = 301 } = validateProps('RedirectOptions', options, at);
  if (![301, 302, 303, 307, 308].includes(status)) {
    throw new MeshError('IM1310', at, { problem: 'the status is not one of a redirect', got: status, allowed: '301, 302, 303, 307, 308' });
  }
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw new MeshError('IM1310', at, { problem: 'the scheme is unknown', got: scheme, allowed: 'http, https' });
  }
  for (const text of [path, pathPrefix]) {
    if (text !== undefined) {
      checkPath(text, at);
    }
  }
  if (path !== undefined && pathPrefix !== undefined) {
    throw new MeshError('IM1310', at, { problem: 'the path is replaced whole and in part', got: { path, pathPrefix }, next: 'keep one of the two' });
  }
  if (port !== undefined && derivePort !== undefined) {
    throw new MeshError('IM1310', at, { problem: 'the port is said and derived', got: { port, derivePort }, next: 'keep one of the two' });
  }
  const otherPort = port ?? (derivePort === RedirectPort.FROM_REQUEST_PORT ? undefined : derivePort);
  if ([path, pathPrefix, host, otherPort, scheme].every(option => option === undefined)) {
    throw new MeshError('IM1310', at, { problem: 'the redirect leads back to where it came from', next: 'give it a path, a host, a port or a scheme' });
  }
  return {
    uri: path,
    prefixRewrite: pathPrefix,
    authority: host === undefined ? undefined : hostName(host, at),
    port: port === undefined ? undefined : portNumber(port, at, 'the port'),
    derivePort: derivePort as networking.VirtualServiceSpecHttpRedirectDerivePort | undefined,
    scheme,
    redirectCode: status,
  };
}

/** The path, and behind it a query or a fragment, as clients ask for them. */
function checkPath(text: string, at: string): void {
  const [path, rest] = [text.replace(/[?#].*/s, ''), /[?#].*/s.exec(text)?.[0] ?? ''];
  requestPath(path, at, 'IM1310');
  if (escaped(rest) !== rest) {
    throw new MeshError('IM1310', at, { problem: 'the query has characters that are written as escapes', got: text, allowed: `${path}${escaped(rest)}`, next: 'write the escapes' });
  }
}

/**
 * A redirect that keeps what follows the matched beginning of a path, as entries that join the two by one slash. Envoy puts the text where the
 * beginning was, letter by letter: `/ratings` to `/` would lead from `/ratings/5` to `//5`, which is another host.
 */
export function joined({ match, action }: RoutedMatch): RoutedMatch[] {
  const { prefixRewrite } = action.redirect ?? {};
  const beginning = match.path?.value ?? '/';
  if (prefixRewrite === undefined || prefixRewrite.endsWith('/') === beginning.endsWith('/')) {
    return [{ match, action }];
  }
  return beginning.endsWith('/')
    ? [{ match, action: { ...action, redirect: { ...action.redirect, prefixRewrite: `${prefixRewrite}/` } } }]
    : [{ match: match.below, action }, { match, action }];
}
