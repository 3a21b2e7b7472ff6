/** How the address of a host is resolved, for a route with a wildcard. */
export enum WildcardResolution {
  /** No resolution: connections go to the address that the caller dialled. In any release of Istio. */
  NONE = 'CALLER',
  /** The caller's sidecar resolves the host of the request or the SNI, so that name and address always agree. Needs Istio 1.30. */
  DYNAMIC_DNS = 'PROXY',
}
