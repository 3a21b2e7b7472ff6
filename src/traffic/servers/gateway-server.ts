import { AcmeSolver } from './acme-solver';
import {
  AutoPassthroughServerOptions, GatewayServerOptions, HttpServerOptions, HttpsServerOptions, PassthroughServerOptions, TcpServerOptions,
  TlsServerOptions,
} from './gateway-server-options';
import { GatewayTls } from './gateway-tls';
import { RouteKind } from './route-kind';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { ipAddress } from '../../values/cidr';
import { gatewayHost } from '../../values/host';
import { checkTlsBegins, portNumber } from '../../values/mesh-port';
import { dnsLabel, isDnsLabel } from '../../values/names';
import { ofNumber } from '../../values/wire-protocols';

const Mode = networking.GatewaySpecServersTlsMode;

/** The attributes of a server. */
interface Parts extends GatewayServerOptions {
  /** The factory, for messages. */
  readonly factory: string;
  readonly protocol: string;
  /** The kind of routes that the server accepts; undefined if SNI names the service and there are no routes. */
  readonly routes?: RouteKind;
  readonly port: number;
  readonly hosts: string[];
  readonly tls?: GatewayTls;
  readonly passes?: networking.GatewaySpecServersTlsMode;
  readonly httpsRedirect?: boolean;
  readonly acmeSolver?: AcmeSolver;
  readonly implicitTls?: boolean;
}

/**
 * A server of a gateway: a port, its protocol and its hosts.
 *
 * Every factory throws IM0104 and IM0105 on invalid hosts, IM0101 and IM0102 on invalid ports, IM1354 on an invalid `bind`
 * address.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export class GatewayServer {
  /** HTTP without TLS. */
  public static http(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('http', options);
  }

  /** HTTP/2 without TLS. `http` accepts HTTP/2 too; this factory states it in the port's name and protocol. */
  public static http2(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('http2', options);
  }

  /** gRPC without TLS. */
  public static grpc(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('grpc', options);
  }

  /** gRPC-Web without TLS. */
  public static grpcWeb(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('grpcWeb', options);
  }

  /** HTTPS: the gateway terminates TLS, and routes HTTP requests. */
  public static https(options: HttpsServerOptions): GatewayServer {
    const factory = 'https';
    validateProps('HttpsServerOptions', options, at(factory));
    const { port = 443 } = options;
    const refuse = (code: 'IM1304' | 'IM1352', problem: string, got: unknown, allowed: string, next: string) => {
      throw new MeshError(code, at(factory), { problem, got, allowed, next });
    };
    if (options.httpsRedirect && port !== 443) {
      refuse('IM1304', '`httpsRedirect` redirects to port 443, but the server is on another port', port, '443', 'use a route: RouteTarget.redirect({ scheme: \'https\', port })');
    }
    if (options.acmeSolver && !options.httpsRedirect) {
      refuse('IM1352', '`acmeSolver` has no effect without a redirect', options.httpsRedirect, 'acmeSolver with httpsRedirect: true',
        'set `httpsRedirect`, or route the challenges to the solver with `gatewayPort: 80`');
    }
    return new GatewayServer({ ...options, factory, protocol: 'HTTPS', routes: 'http', port });
  }

  /** TLS: the gateway terminates TLS, and routes the TCP connections inside. Routes apply to a whole port, for the hosts in the SNI of clients. */
  public static tls(options: TlsServerOptions): GatewayServer {
    validateProps('TlsServerOptions', options, at('tls'));
    checkBegins('tls', options.port, options.implicitTls);
    return new GatewayServer({ ...options, factory: 'tls', protocol: 'TLS', routes: 'tcp' });
  }

  /** TLS passthrough: the gateway reads the host from SNI, and forwards the encrypted connection. */
  public static passthrough(options: PassthroughServerOptions): GatewayServer {
    validateProps('PassthroughServerOptions', options, at('passthrough'));
    const { port = 443 } = options;
    checkBegins('passthrough', port, options.implicitTls);
    return new GatewayServer({ ...options, factory: 'passthrough', protocol: 'TLS', routes: 'tls', port, passes: Mode.PASSTHROUGH });
  }

  /**
   * AUTO_PASSTHROUGH, for an east-west gateway: sidecars of other networks reach services here with the mutual TLS of the mesh. SNI names the
   * service, so there are no routes. Other connections are refused.
   */
  public static autoPassthrough(options: AutoPassthroughServerOptions): GatewayServer {
    const factory = 'autoPassthrough';
    validateProps('AutoPassthroughServerOptions', options, at(factory));
    const short = options.hosts.find(host => !host.includes('.'));
    if (short !== undefined) {
      throw new MeshError('IM1356', at(factory), { problem: 'the host is not the full name of a service', got: short, allowed: 'full names, such as *.local or reviews.bookinfo.svc.cluster.local' });
    }
    const { port = 15443 } = options;
    return new GatewayServer({ ...options, factory, protocol: 'TLS', port, passes: Mode.AUTO_UNDERSCORE_PASSTHROUGH });
  }

  /** Plain TCP, for all hosts. */
  public static tcp(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('tcp', options);
  }

  /** MongoDB. Envoy collects statistics about its protocol. */
  public static mongo(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('mongo', options);
  }

  /** MySQL. Envoy collects statistics about its protocol, if istiod enables that. */
  public static mysql(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('mysql', options);
  }

  /** Redis. Envoy collects statistics about its protocol, if istiod enables that. */
  public static redis(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('redis', options);
  }

  private static plain(factory: string, options: HttpServerOptions): GatewayServer {
    validateProps('HttpServerOptions', options, at(factory));
    const protocol = factory === 'grpcWeb' ? 'GRPC-WEB' : factory.toUpperCase();
    return new GatewayServer({ ...options, factory, protocol, routes: 'http', port: options.port ?? 80 });
  }

  private static stream(factory: string, options: TcpServerOptions): GatewayServer {
    validateProps('TcpServerOptions', options, at(factory));
    return new GatewayServer({ ...options, factory, protocol: factory.toUpperCase(), routes: 'tcp', hosts: ['*'] });
  }

  /** The hosts that the server serves. */
  public readonly hosts: string[];
  /** The number of the port. */
  public readonly port: number;
  /** The protocol of the port, as Istio spells it: `HTTP`, `HTTPS`, `GRPC-WEB`, `TLS`, `TCP` … */
  public readonly protocol: string;
  /** The name of the port. */
  public readonly name: string;
  /** Whether requests on port 80 are redirected to this server. */
  public readonly httpsRedirect: boolean;
  /** The IP address on which the server listens; undefined for all addresses. */
  public readonly bind?: string;
  /** The prefix of the server's statistics, if it is set. */
  public readonly statPrefix?: string;
  /** The namespaces whose routes the server accepts; undefined for all. `.` is the namespace of the gateway. */
  public readonly routesFrom?: string[];
  /** Whether routes for the hosts come from outside of the App. */
  public readonly routedElsewhere: boolean;

  /** @internal */
  public readonly _tls?: GatewayTls;
  /** @internal */
  public readonly _routes?: RouteKind;
  /** @internal */
  public readonly _acmeSolver?: AcmeSolver;
  /**
   * Whether `implicitTls` is set: clients start with TLS at once.
   *
   * @internal
   */
  public readonly _implicitTls: boolean;
  private readonly passes?: networking.GatewaySpecServersTlsMode;

  private constructor(parts: Parts) {
    const { factory, protocol, routes, port, hosts, name, bind, statPrefix, routesFrom, tls, passes, acmeSolver } = parts;
    const { httpsRedirect = false, implicitTls = false, routedElsewhere = false } = parts;
    const here = at(factory);
    if (hosts.length === 0) {
      throw new MeshError('IM0104', here, { problem: 'the server has no host', got: hosts, allowed: 'at least one host' });
    }
    this.hosts = hosts.map(host => gatewayHost(host, here));
    this.port = portNumber(port, here, 'the port');
    this.protocol = protocol;
    this.name = dnsLabel(name ?? `${protocol.toLowerCase()}-${port}`, here, 'the name of the server');
    this.bind = bind === undefined ? undefined : ipAddress(bind, here);
    this.statPrefix = statPrefix === undefined ? undefined : dnsLabel(statPrefix, here, 'the prefix of the statistics');
    this.routesFrom = routesFrom && namespaces(routesFrom, routes, here);
    if (routedElsewhere && !routes) {
      throw new MeshError('IM1345', here, { problem: 'the server takes the service from SNI, and accepts no routes', got: routedElsewhere, next: 'drop `routedElsewhere`' });
    }
    this.routedElsewhere = routedElsewhere;
    this._tls = tls;
    this.passes = passes;
    this.httpsRedirect = httpsRedirect;
    this._routes = routes;
    this._acmeSolver = acmeSolver;
    this._implicitTls = implicitTls;
  }

  /**
   * The port names of the server, which must be unique in the gateway.
   *
   * @internal
   */
  public get _portNames(): string[] {
    return this.httpsRedirect ? [this.name, `${this.name}-redirect`] : [this.name];
  }

  /**
   * The ports of the gateway's Service that the server uses; none if it listens on one address of the pods.
   *
   * @internal
   */
  public get _servicePorts(): { readonly number: number; readonly protocol: string }[] {
    return this.bind === undefined ? this._ports : [];
  }

  /**
   * The ports of the server, with that of the redirect.
   *
   * @internal
   */
  public get _ports(): { readonly number: number; readonly protocol: string }[] {
    return [{ number: this.port, protocol: this.protocol }, ...this.httpsRedirect ? [{ number: 80, protocol: 'HTTP' }] : []];
  }

  /**
   * Renders the server, and the redirect server on port 80, as `servers` of a Gateway.
   *
   * @param namespace the namespace of the gateway's pods
   * @internal
   */
  public _toIstio(namespace: string): networking.GatewaySpecServers[] {
    const { protocol, bind, statPrefix, routesFrom } = this;
    const hosts = within(this.hosts, routesFrom);
    const [name, redirectName] = this._portNames;
    const tls = this.passes ? { mode: this.passes } : this._tls?._toIstio(namespace);
    const server = { name: statPrefix, port: { number: this.port, name, protocol }, bind, hosts, tls };
    // With an ACME solver, the redirect consists of routes in the gateway's namespace, because `httpsRedirect` leaves no room for routes.
    // `httpsRedirect` applies to all routes of the host, in any namespace.
    const redirect = {
      port: { number: 80, name: redirectName, protocol: 'HTTP' },
      bind,
      hosts: within(this.hosts, this._acmeSolver && routesFrom && [...new Set([...routesFrom, '.'])].sort()),
      tls: this._acmeSolver ? undefined : { httpsRedirect: true },
    };
    return this.httpsRedirect ? [server, redirect] : [server];
  }
}

/** The hosts with the prefix of each namespace whose routes the server accepts. */
function within(hosts: string[], routesFrom?: string[]): string[] {
  return routesFrom ? hosts.flatMap(host => routesFrom.map(namespace => `${namespace}/${host}`)) : [...hosts];
}

function namespaces(given: string[], routes: RouteKind | undefined, here: string): string[] {
  if (given.length === 0 || !routes || given.some((name, i) => (name !== '.' && !isDnsLabel(name)) || given.indexOf(name) !== i)) {
    throw new MeshError('IM1345', here, {
      problem: routes ? 'the list of namespaces is invalid' : 'the server takes the service from SNI, and accepts no routes',
      got: given,
      allowed: routes ? 'names of namespaces, each once, or . for the namespace of the gateway' : undefined,
      next: routes ? 'correct the list' : 'remove it',
    });
  }
  return [...given].sort();
}

/** Refuses a TLS server on a port whose clients start in plain text. */
function checkBegins(factory: string, port: number, implicitTls = false): void {
  if (!implicitTls) {
    checkTlsBegins(ofNumber(port), at(factory), port, 'use GatewayServer.tcp(), which forwards the connection unchanged');
  }
}

function at(factory: string): string {
  return `GatewayServer.${factory}()`;
}
