/**
 * Whether the sidecars of a namespace or workload take connections without mutual TLS.
 *
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/#PeerAuthentication-MutualTLS-Mode
 */
export enum MutualTls {
  /** Mutual TLS only: plain text is refused. */
  STRICT = 'STRICT',
  /** Both mutual TLS and plain text: a step of a migration. */
  PERMISSIVE = 'PERMISSIVE',
  /** Plain text only. */
  DISABLE = 'DISABLE',
}
