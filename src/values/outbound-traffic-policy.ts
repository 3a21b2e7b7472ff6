/**
 * What sidecars let out of the mesh.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export enum OutboundTrafficPolicy {
  /** Anything: hosts that nobody declared are passed on as they are, without policy and without metrics of their own. */
  ALLOW_ANY = 'ANY',
  /** Declared hosts alone: services of the mesh, and outside hosts with an `EgressRoute`. */
  REGISTRY_ONLY = 'REGISTRY_ONLY',
}
