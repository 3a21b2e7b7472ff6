import { PathRewrite } from './path-rewrite';

/**
 * Rewrites the path or the authority of a request before it is forwarded.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite
 */
export interface HttpRewrite {
  /**
   * How the path is rewritten.
   *
   * @default - the path stays
   */
  readonly path?: PathRewrite;

  /**
   * The value of the Host header (`:authority` in HTTP/2) that the service receives: a host, with an optional port.
   *
   * @default - the host that the client asked for
   */
  readonly authority?: string;
}
