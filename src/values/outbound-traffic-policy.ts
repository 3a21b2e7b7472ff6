/**
 * What sidecars let out of the mesh.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export enum OutboundTrafficPolicy {
  /** All hosts: sidecars pass connections to undeclared hosts through, without policy and without metrics of their own. */
  ALLOW_ANY = 'ANY',
  /** Declared hosts alone: services of the mesh, and outside hosts with an `EgressRoute`. */
  REGISTRY_ONLY = 'REGISTRY_ONLY',
}
