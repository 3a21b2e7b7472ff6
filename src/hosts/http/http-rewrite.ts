import { PathRewrite } from './path-rewrite';

/**
 * What is written anew in a request before it is sent on.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite
 */
export interface HttpRewrite {
  /**
   * What becomes of the path.
   *
   * @default - it stays
   */
  readonly path?: PathRewrite;

  /**
   * The host that the service is told, with a port where needed.
   *
   * @default - the host that the client asked for
   */
  readonly authority?: string;
}
