import { AcmeSolver } from './acme-solver';
import { GatewayTls } from './gateway-tls';

/** Options of every gateway server. */
export interface GatewayServerOptions {
  /**
   * The name of the server's port. Must differ if a gateway has several servers with one protocol and port.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;

  /**
   * The IP address of the gateway's pods on which the server listens: 127.0.0.1 for access from the pod itself only. A dedicated Service
   * gets no port for it, so the number must be 1024 or higher for pods without privileges (IM1373).
   *
   * @default - all addresses
   */
  readonly bind?: string;

  /**
   * The prefix of Envoy's statistics for the server. Unique among the servers of a gateway (IM1305).
   *
   * @default - the address and port
   */
  readonly statPrefix?: string;

  /**
   * The namespaces whose routes the server accepts: their names, or `.` for the namespace of the gateway. Routes of other namespaces are refused (IM1345).
   *
   * @default - all namespaces: every team that can write a VirtualService can route hosts that have no route yet
   */
  readonly routesFrom?: string[];

  /**
   * Whether routes for the hosts come from another App or repository, or from objects that no construct writes. Otherwise a host without a
   * route in the App is refused at synthesis (IM1393). A server whose `routesFrom` lists another namespace does not need it.
   *
   * @default false
   */
  readonly routedElsewhere?: boolean;
}

/** Options of `GatewayServer.http`, `http2`, `grpc` and `grpcWeb`. */
export interface HttpServerOptions extends GatewayServerOptions {
  /** The hosts that the server serves: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port of the gateway's Service.
   *
   * @default 80
   */
  readonly port?: number;
}

/** Options of `GatewayServer.https`. */
export interface HttpsServerOptions extends GatewayServerOptions {
  /** The hosts that the server serves: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The TLS settings: the server certificate, and how client certificates are verified. Client certificates are refused if another server of the
   * gateway has a wildcard for the same host and port with other requirements (IM1390).
   */
  readonly tls: GatewayTls;

  /**
   * The number of the port of the gateway's Service.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * Whether HTTP requests for the hosts on port 80 are redirected to HTTPS, with the status 301. Only for port 443 (IM1304). A wildcard redirects
   * every host of the gateway that it covers: no other server can serve such a host over plain HTTP (IM1352).
   *
   * @default false - port 80 is not served
   */
  readonly httpsRedirect?: boolean;

  /**
   * The solver that answers ACME HTTP-01 challenges on port 80, which are then not redirected. Only with `httpsRedirect` (IM1352).
   *
   * @default - all requests are redirected, including challenges
   */
  readonly acmeSolver?: AcmeSolver;
}

/** Options of `GatewayServer.tls`. */
export interface TlsServerOptions extends GatewayServerOptions {
  /** The hosts that the server serves, by the SNI of clients: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /** The TLS settings: the server certificate, and how client certificates are verified. */
  readonly tls: GatewayTls;

  /** The number of the port of the gateway's Service. */
  readonly port: number;

  /**
   * Whether clients start with TLS at once, although the protocol of the port or target usually starts in plain text: PostgreSQL 17 and later with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Otherwise such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/** Options of `GatewayServer.passthrough`. */
export interface PassthroughServerOptions extends GatewayServerOptions {
  /** The hosts that the server serves, by the SNI of clients: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port of the gateway's Service.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * Whether clients start with TLS at once, although the protocol of the port or target usually starts in plain text: PostgreSQL 17 and later with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Otherwise such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/** Options of `GatewayServer.autoPassthrough`. */
export interface AutoPassthroughServerOptions extends GatewayServerOptions {
  /** The services that clients can call, by full name: `*.payments.svc.cluster.local`, or `*.local` for all namespaces. */
  readonly hosts: string[];

  /**
   * The number of the port of the gateway's Service.
   *
   * @default 15443
   */
  readonly port?: number;
}

/** Options of `GatewayServer.tcp`, `mongo`, `mysql` and `redis`. */
export interface TcpServerOptions extends GatewayServerOptions {
  /** The number of the port of the gateway's Service. */
  readonly port: number;
}
