import { AcmeSolver } from './acme-solver';
import { GatewayTls } from './gateway-tls';

/** What can be said of any server of a gateway. */
export interface GatewayServerOptions {
  /**
   * The name of the server's port, where a gateway has several of one protocol and port.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;

  /**
   * The address of the gateway's pods at which the port is opened: 127.0.0.1 for what only the pod itself may reach. A gateway's own Service
   * gets no port for it, so pods without privileges need one from 1024 on (IM1373).
   *
   * @default - every address
   */
  readonly bind?: string;

  /**
   * How the names of Envoy's statistics of the server begin. Different for each server of a gateway (IM1305).
   *
   * @default - by address and port
   */
  readonly statPrefix?: string;

  /**
   * The namespaces whose routes the server takes: their names, and `.` for that of the gateway. Routes of others are refused (IM1345).
   *
   * @default - every namespace: whoever may write a VirtualService may route hosts that nobody has routed
   */
  readonly routesFrom?: string[];

  /**
   * Whether routes for the hosts come from elsewhere: another App or repository, or objects that no construct writes. Otherwise a host to which no
   * route of the App leads is refused at synthesis (IM1393). A server whose `routesFrom` names another namespace says so already.
   *
   * @default false
   */
  readonly routedElsewhere?: boolean;
}

/** Options of `GatewayServer.http`, `http2`, `grpc` and `grpcWeb`. */
export interface HttpServerOptions extends GatewayServerOptions {
  /** The hosts served: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 80
   */
  readonly port?: number;
}

/** Options of `GatewayServer.https`. */
export interface HttpsServerOptions extends GatewayServerOptions {
  /** The hosts served: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The certificate, and what is asked of clients. Certificates of clients cannot be asked for where another server of the gateway has a wildcard for
   * the same host at the same port, and does not ask the same (IM1390).
   */
  readonly tls: GatewayTls;

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * Whether requests for the same hosts on port 80 are sent to HTTPS, with status 301. Only for port 443 (IM1304). With
   * a wildcard, for every host of the gateway that it covers: none of them can be served in clear text by another server (IM1352).
   *
   * @default false - port 80 is left alone
   */
  readonly httpsRedirect?: boolean;

  /**
   * Who answers ACME's challenges on port 80, which are not redirected then. Only with `httpsRedirect` (IM1352).
   *
   * @default - every request is redirected, challenges too
   */
  readonly acmeSolver?: AcmeSolver;
}

/** Options of `GatewayServer.tls`. */
export interface TlsServerOptions extends GatewayServerOptions {
  /** The hosts served, as clients name them in TLS: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /** The certificate, and what is asked of clients. */
  readonly tls: GatewayTls;

  /** The number of the port, as the gateway's Service has it. */
  readonly port: number;

  /**
   * Whether clients begin with TLS at once, although the protocol of the port or of the target usually begins in clear text: PostgreSQL from 17 on with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Without it such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/** Options of `GatewayServer.passthrough`. */
export interface PassthroughServerOptions extends GatewayServerOptions {
  /** The hosts served, as clients name them in TLS: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * Whether clients begin with TLS at once, although the protocol of the port or of the target usually begins in clear text: PostgreSQL from 17 on with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Without it such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/** Options of `GatewayServer.autoPassthrough`. */
export interface AutoPassthroughServerOptions extends GatewayServerOptions {
  /** The services that can be called, by their full names: `*.payments.svc.cluster.local`, or `*.local` for those of every namespace. */
  readonly hosts: string[];

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 15443
   */
  readonly port?: number;
}

/** Options of `GatewayServer.tcp`, `mongo`, `mysql` and `redis`. */
export interface TcpServerOptions extends GatewayServerOptions {
  /** The number of the port, as the gateway's Service has it. */
  readonly port: number;
}
