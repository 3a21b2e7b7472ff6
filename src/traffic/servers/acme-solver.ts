import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { IRouteTarget } from '../../hosts/route-target';

/** Options of `AcmeSolver.service`. */
export interface AcmeSolverOptions {
  /**
   * The number of the service's port.
   *
   * @default - the only port that Envoy reads as HTTP
   */
  readonly port?: number;
}

/**
 * The solver of ACME HTTP-01 challenges: it receives plain HTTP requests for `/.well-known/acme-challenge/`, while all other requests are
 * redirected to HTTPS.
 *
 * @see https://letsencrypt.org/docs/challenge-types/#http-01-challenge
 */
export class AcmeSolver {
  /**
   * A service that answers the challenges for all hosts.
   *
   * @param target the service, one of its versions, or another target of a route
   */
  public static service(target: IRouteTarget, options: AcmeSolverOptions = {}): AcmeSolver {
    const at = 'AcmeSolver.service()';
    const { port } = validateProps('AcmeSolverOptions', options, at);
    if (typeof target?.toRouteTarget !== 'function') {
      throw new MeshError('IM0001', at, { problem: 'the solver has no target', got: target, allowed: 'a service, a version of one, or a RouteTarget' });
    }
    return new AcmeSolver(target, port);
  }

  /**
   * Routes that another tool writes, such as those that Istio derives from the Ingress of cert-manager for each challenge. They take
   * precedence over the redirect.
   */
  public static ingress(): AcmeSolver {
    return new AcmeSolver();
  }

  private constructor(
    /** @internal */ public readonly _target?: IRouteTarget,
    /** @internal */ public readonly _port?: number,
  ) {}
}
