/** What a port of a gateway routes: HTTP requests, TLS by server name, or whole connections. */
export type RouteKind = 'http' | 'tls' | 'tcp';
