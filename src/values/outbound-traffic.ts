/**
 * What sidecars let out of the mesh.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export enum OutboundTraffic {
  /** Anything: hosts that nobody declared are passed on as they are, without policy and without metrics of their own. */
  ANY = 'ANY',
  /** Declared hosts alone: services of the mesh, and outside hosts with an `EgressRoute`. */
  DECLARED_ONLY = 'DECLARED_ONLY',
}
