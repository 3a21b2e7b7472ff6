/**
 * A protocol that Istio tells apart on the port of a Service.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export enum MeshProtocol {
  /** HTTP/1.1, upgradable. */
  HTTP = 'http',
  /** HTTP/2 without TLS. */
  HTTP2 = 'http2',
  /** HTTP inside the application's own TLS: routed by SNI. */
  HTTPS = 'https',
  /** gRPC: HTTP/2 with gRPC's statistics and status codes. */
  GRPC = 'grpc',
  /** gRPC-Web, as browsers speak it. */
  GRPC_WEB = 'grpc-web',
  /** Anything over TCP. */
  TCP = 'tcp',
  /** Anything inside the application's own TLS: routed by SNI. */
  TLS = 'tls',
  /** MongoDB's wire protocol. */
  MONGO = 'mongo',
  /** MySQL's wire protocol. */
  MYSQL = 'mysql',
  /** Redis' wire protocol. */
  REDIS = 'redis',
  /** UDP, which passes by the sidecar: no mutual TLS, no routes, no policy. */
  UDP = 'udp',
}

const HTTP_FAMILY = [MeshProtocol.HTTP, MeshProtocol.HTTP2, MeshProtocol.GRPC, MeshProtocol.GRPC_WEB];
const HTTP2_FAMILY = [MeshProtocol.HTTP2, MeshProtocol.GRPC, MeshProtocol.GRPC_WEB];
const TLS_FAMILY = [MeshProtocol.HTTPS, MeshProtocol.TLS];

/**
 * How a sidecar takes in connections for the application. A port of the pods has one way, whatever number or Service led there.
 */
export function inboundOf(protocol: MeshProtocol): string {
  switch (protocol) {
    case MeshProtocol.HTTP: return 'HTTP/1.1';
    case MeshProtocol.HTTP2:
    case MeshProtocol.GRPC: return 'HTTP/2';
    case MeshProtocol.GRPC_WEB: return 'gRPC-Web';
    case MeshProtocol.UDP: return 'UDP';
    default: return 'TCP';
  }
}

/** Whether Envoy reads requests on it, so that routes and policies can look at paths and headers. */
export function isHttp(protocol: MeshProtocol): boolean {
  return HTTP_FAMILY.includes(protocol);
}

/** Whether it speaks HTTP/2 to the application, as gRPC needs. */
export function isHttp2(protocol: MeshProtocol): boolean {
  return HTTP2_FAMILY.includes(protocol);
}

/** Whether the application encrypts by itself, so that Envoy sees a server name and nothing else. */
export function isTls(protocol: MeshProtocol): boolean {
  return TLS_FAMILY.includes(protocol);
}
