import { GatewayTls } from './gateway-tls';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { hostPattern } from '../values/host';
import { portNumber } from '../values/mesh-port';
import { dnsLabel } from '../values/names';

/** Options of `GatewayServer.http`. */
export interface HttpServerOptions {
  /** The hosts served: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 80
   */
  readonly port?: number;

  /**
   * The name of the server, where a gateway has several of one protocol and port.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;
}

/** Options of `GatewayServer.https`. */
export interface HttpsServerOptions {
  /** The hosts served: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /** The certificate, and what is asked of clients. */
  readonly tls: GatewayTls;

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * Whether requests for the same hosts on port 80 are sent to HTTPS, with status 301. Only for port 443 (IM1304).
   *
   * @default false - port 80 is left alone
   */
  readonly redirectHttp?: boolean;

  /**
   * The name of the server, where a gateway has several of one protocol and port.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;
}

/** Options of `GatewayServer.passthrough`. */
export interface PassthroughServerOptions {
  /** The hosts served, as clients name them in TLS: DNS names, `*.` before a DNS name, or `*`. */
  readonly hosts: string[];

  /**
   * The number of the port, as the gateway's Service has it.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * The name of the server, where a gateway has several of one protocol and port.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;
}

/** Options of `GatewayServer.tcp`. */
export interface TcpServerOptions {
  /** The number of the port, as the gateway's Service has it. */
  readonly port: number;

  /**
   * The name of the server.
   *
   * @default - `<protocol>-<port>`
   */
  readonly name?: string;
}

/**
 * A port that a gateway serves, for some hosts.
 *
 * Every factory throws IM0104 and IM0105 on hosts that cannot be, IM0101 and IM0102 on ports that cannot be.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export class GatewayServer {
  /** A port that serves HTTP without TLS. */
  public static http(options: HttpServerOptions): GatewayServer {
    shaped('HttpServerOptions', options, 'GatewayServer.http()');
    return new GatewayServer('HTTP', options.port ?? 80, options.hosts, options.name);
  }

  /** A port that serves HTTP inside TLS, which ends here. */
  public static https(options: HttpsServerOptions): GatewayServer {
    shaped('HttpsServerOptions', options, 'GatewayServer.https()');
    return new GatewayServer('HTTPS', options.port ?? 443, options.hosts, options.name, options.tls, options.redirectHttp);
  }

  /** A port that reads the host from TLS and hands the connection on as it is. */
  public static passthrough(options: PassthroughServerOptions): GatewayServer {
    shaped('PassthroughServerOptions', options, 'GatewayServer.passthrough()');
    return new GatewayServer('TLS', options.port ?? 443, options.hosts, options.name);
  }

  /** A port for anything over TCP, whatever host its clients think of. */
  public static tcp(options: TcpServerOptions): GatewayServer {
    shaped('TcpServerOptions', options, 'GatewayServer.tcp()');
    return new GatewayServer('TCP', options.port, ['*'], options.name);
  }

  /** The hosts served. */
  public readonly hosts: string[];
  /** The number of the port. */
  public readonly port: number;
  /** The protocol of the port, `HTTP`, `HTTPS`, `TLS` or `TCP`. */
  public readonly protocol: string;
  /** The name of the port. */
  public readonly name: string;
  /** How TLS ends, where there is TLS. */
  public readonly tls?: GatewayTls;
  /** Whether requests on port 80 are sent here. */
  public readonly redirectHttp: boolean;

  private constructor(protocol: string, port: number, hosts: string[], name?: string, tls?: GatewayTls, redirectHttp = false) {
    const at = `GatewayServer.${protocol.toLowerCase()}()`;
    if (hosts.length === 0) {
      throw new MeshError('IM0104', at, { problem: 'the server has no host', got: hosts, allowed: 'at least one host' });
    }
    this.hosts = hosts.map(host => hostPattern(host, at));
    this.port = portNumber(port, at, 'the port');
    this.protocol = protocol;
    this.name = dnsLabel(name ?? `${protocol.toLowerCase()}-${port}`, at, 'the name of the server');
    this.tls = tls;
    this.redirectHttp = redirectHttp;
    if (redirectHttp && port !== 443) {
      throw new MeshError('IM1304', at, {
        problem: 'HTTP on port 80 is redirected to port 443, and the server is on another', got: port, allowed: '443', next: 'lead there by a route: RouteTarget.redirect({ scheme: \'https\', port })',
      });
    }
  }

  /**
   * Whether routes for HTTP, for TLS by server name, or for whole connections start here.
   *
   * @internal
   */
  public get _routes(): 'http' | 'tls' | 'tcp' {
    return this.protocol === 'TLS' ? 'tls' : this.protocol === 'TCP' ? 'tcp' : 'http';
  }

  /**
   * The names of the ports that it takes.
   *
   * @internal
   */
  public get _portNames(): string[] {
    return this.redirectHttp ? [this.name, `${this.name}-redirect`] : [this.name];
  }

  /**
   * The server as Istio spells it, and the one on port 80 that leads to it.
   *
   * @internal
   */
  public _toIstio(): networking.GatewaySpecServers[] {
    const { protocol, hosts, tls } = this;
    const [name, redirectName] = this._portNames;
    const server = {
      port: { number: this.port, name, protocol },
      hosts: [...hosts],
      tls: protocol === 'TLS' ? { mode: networking.GatewaySpecServersTlsMode.PASSTHROUGH } : tls?._toIstio(),
    };
    const redirect = { port: { number: 80, name: redirectName, protocol: 'HTTP' }, hosts: [...hosts], tls: { httpsRedirect: true } };
    return this.redirectHttp ? [server, redirect] : [server];
  }
}
