import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { hostName } from '../../values/host';
import { portNumber } from '../../values/mesh-port';
import { escaped, requestPath } from '../../values/request-path';

/** How the port of a redirect is derived if no number is given. */
export enum RedirectPort {
  /** The default port of the scheme: 80 for http, 443 for https. */
  FROM_PROTOCOL_DEFAULT = 'FROM_PROTOCOL_DEFAULT',
  /** The port of the request. */
  FROM_REQUEST_PORT = 'FROM_REQUEST_PORT',
}

/** Options of `RouteTarget.redirect`. */
export interface RedirectOptions {
  /**
   * The new path, percent-encoded where needed: `/k%C3%A4se`. A query in it replaces the query of the request.
   *
   * @default - the path of the request
   */
  readonly path?: string;

  /**
   * The new prefix of the path. It replaces the prefix that the route matches, and one slash joins it to the rest: with the match
   * `/ratings`, `/ratings/5` becomes `/v1/5` by `/v1` or `/v1/`, and `/5` by `/`. The route needs matches by prefix.
   * Excludes `path`.
   *
   * @default - the path of the request
   */
  readonly pathPrefix?: string;

  /**
   * The new host.
   *
   * @default - the host of the request
   */
  readonly host?: string;

  /**
   * The new port.
   *
   * @default - see `derivePort`
   */
  readonly port?: number;

  /**
   * How the port is derived. Excludes `port`.
   *
   * @default - the port of the request if the scheme stays the same, otherwise the default port of the scheme
   */
  readonly derivePort?: RedirectPort;

  /**
   * The new scheme, `http` or `https`.
   *
   * @default - the scheme of the request
   */
  readonly scheme?: string;

  /**
   * The status of the response: 301, 302, 303, 307 or 308.
   *
   * @default 301
   */
  readonly status?: number;
}

/** Renders the redirect as `redirect` of a VirtualService. */
export function redirectTo(options: RedirectOptions): networking.VirtualServiceSpecHttpRedirect {
  const at = 'RouteTarget.redirect()';
  const { path, pathPrefix, host, port, derivePort, scheme, status = 301 } = validateProps('RedirectOptions', options, at);
  if (![301, 302, 303, 307, 308].includes(status)) {
    throw new MeshError('IM1310', at, { problem: 'the status is not a redirect status', got: status, allowed: '301, 302, 303, 307, 308' });
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
    throw new MeshError('IM1310', at, { problem: '`path` and `pathPrefix` exclude each other', got: { path, pathPrefix }, next: 'keep one of the two' });
  }
  if (port !== undefined && derivePort !== undefined) {
    throw new MeshError('IM1310', at, { problem: '`port` and `derivePort` exclude each other', got: { port, derivePort }, next: 'keep one of the two' });
  }
  const otherPort = port ?? (derivePort === RedirectPort.FROM_REQUEST_PORT ? undefined : derivePort);
  if ([path, pathPrefix, host, otherPort, scheme].every(option => option === undefined)) {
    throw new MeshError('IM1310', at, { problem: 'the redirect leads to the same address', next: 'set a path, a host, a port or a scheme' });
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

/** Checks the path, and the query or fragment after it, in the encoding that clients send. */
function checkPath(text: string, at: string): void {
  const [path, rest] = [text.replace(/[?#].*/s, ''), /[?#].*/s.exec(text)?.[0] ?? ''];
  requestPath(path, at, 'IM1310');
  if (escaped(rest) !== rest) {
    throw new MeshError('IM1310', at, { problem: 'the query has characters that must be percent-encoded', got: text, allowed: `${path}${escaped(rest)}`, next: 'write the escapes' });
  }
}
