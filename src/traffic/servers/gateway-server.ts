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

/** The parts of a server. */
interface Parts extends GatewayServerOptions {
  /** The factory, for messages. */
  readonly factory: string;
  readonly protocol: string;
  /** What routes start here; where the server name says the service there are none. */
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
 * A port that a gateway serves, for some hosts.
 *
 * Every factory throws IM0104 and IM0105 on invalid hosts, IM0101 and IM0102 on invalid ports, IM1354 on an address to
 * bind to that is none.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export class GatewayServer {
  /** A port that serves HTTP without TLS. */
  public static http(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('http', options);
  }

  /** A port that serves HTTP/2 without TLS. Like `http`, which takes HTTP/2 as well; the name and the protocol say it. */
  public static http2(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('http2', options);
  }

  /** A port that serves gRPC without TLS. */
  public static grpc(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('grpc', options);
  }

  /** A port that serves gRPC-Web without TLS. */
  public static grpcWeb(options: HttpServerOptions): GatewayServer {
    return GatewayServer.plain('grpcWeb', options);
  }

  /** A port that serves HTTP inside TLS, which ends here. */
  public static https(options: HttpsServerOptions): GatewayServer {
    const factory = 'https';
    validateProps('HttpsServerOptions', options, at(factory));
    const { port = 443 } = options;
    const refuse = (code: 'IM1304' | 'IM1352', problem: string, got: unknown, allowed: string, next: string) => {
      throw new MeshError(code, at(factory), { problem, got, allowed, next });
    };
    if (options.httpsRedirect && port !== 443) {
      refuse('IM1304', 'HTTP on port 80 is redirected to port 443, and the server is on another', port, '443', 'lead there by a route: RouteTarget.redirect({ scheme: \'https\', port })');
    }
    if (options.acmeSolver && !options.httpsRedirect) {
      refuse('IM1352', 'challenges are spared from a redirect that there is not', options.httpsRedirect, 'acmeSolver with httpsRedirect: true',
        'set `httpsRedirect`, or lead the challenges to the solver by a route with `gatewayPort: 80`');
    }
    return new GatewayServer({ ...options, factory, protocol: 'HTTPS', routes: 'http', port });
  }

  /** A port that ends TLS and hands on what was inside: routes are those of a whole port, for the hosts that clients name in TLS. */
  public static tls(options: TlsServerOptions): GatewayServer {
    validateProps('TlsServerOptions', options, at('tls'));
    checkBegins('tls', options.port, options.implicitTls);
    return new GatewayServer({ ...options, factory: 'tls', protocol: 'TLS', routes: 'tcp' });
  }

  /** A port that reads the host from TLS and hands the connection on as it is. */
  public static passthrough(options: PassthroughServerOptions): GatewayServer {
    validateProps('PassthroughServerOptions', options, at('passthrough'));
    const { port = 443 } = options;
    checkBegins('passthrough', port, options.implicitTls);
    return new GatewayServer({ ...options, factory: 'passthrough', protocol: 'TLS', routes: 'tls', port, passes: Mode.PASSTHROUGH });
  }

  /**
   * A port by which sidecars of other networks reach services here, in the mutual TLS of the mesh and without a route: the server name
   * says the service. What is not mutual TLS of the mesh is refused.
   */
  public static autoPassthrough(options: AutoPassthroughServerOptions): GatewayServer {
    const factory = 'autoPassthrough';
    validateProps('AutoPassthroughServerOptions', options, at(factory));
    const short = options.hosts.find(host => !host.includes('.'));
    if (short !== undefined) {
      throw new MeshError('IM1356', at(factory), { problem: 'no service has this name', got: short, allowed: 'full names, such as *.local or reviews.bookinfo.svc.cluster.local' });
    }
    const { port = 15443 } = options;
    return new GatewayServer({ ...options, factory, protocol: 'TLS', port, passes: Mode.AUTO_UNDERSCORE_PASSTHROUGH });
  }

  /** A port for anything over TCP, whatever host its clients think of. */
  public static tcp(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('tcp', options);
  }

  /** A port for MongoDB's protocol, of which Envoy keeps statistics. */
  public static mongo(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('mongo', options);
  }

  /** A port for MySQL's protocol, of which Envoy keeps statistics where istiod is told to. */
  public static mysql(options: TcpServerOptions): GatewayServer {
    return GatewayServer.stream('mysql', options);
  }

  /** A port for Redis' protocol, of which Envoy keeps statistics where istiod is told to. */
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

  /** The hosts served. */
  public readonly hosts: string[];
  /** The number of the port. */
  public readonly port: number;
  /** The protocol of the port, as Istio spells it: `HTTP`, `HTTPS`, `GRPC-WEB`, `TLS`, `TCP` … */
  public readonly protocol: string;
  /** The name of the port. */
  public readonly name: string;
  /** Whether requests on port 80 are sent here. */
  public readonly httpsRedirect: boolean;
  /** The address at which the port is opened, where it is not every one. */
  public readonly bind?: string;
  /** How the names of its statistics begin, where it was said. */
  public readonly statPrefix?: string;
  /** The namespaces whose routes it takes, where that is not every one: `.` is that of the gateway. */
  public readonly routesFrom?: string[];
  /** Whether routes for the hosts come from elsewhere than the App. */
  public readonly routedElsewhere: boolean;

  /** @internal */
  public readonly _tls?: GatewayTls;
  /** @internal */
  public readonly _routes?: RouteKind;
  /** @internal */
  public readonly _acmeSolver?: AcmeSolver;
  /**
   * Whether it is said that clients begin with TLS, whatever is usual.
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
      throw new MeshError('IM1345', here, { problem: 'the server finds services by itself, and takes no routes', got: routedElsewhere, next: 'drop `routedElsewhere`' });
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
   * The names that no other server of the gateway may have.
   *
   * @internal
   */
  public get _portNames(): string[] {
    return this.httpsRedirect ? [this.name, `${this.name}-redirect`] : [this.name];
  }

  /**
   * The ports of the gateway's Service that it takes: none where it is opened at one address of the pods.
   *
   * @internal
   */
  public get _servicePorts(): { readonly number: number; readonly protocol: string }[] {
    return this.bind === undefined ? this._ports : [];
  }

  /**
   * The ports that it has.
   *
   * @internal
   */
  public get _ports(): { readonly number: number; readonly protocol: string }[] {
    return [{ number: this.port, protocol: this.protocol }, ...this.httpsRedirect ? [{ number: 80, protocol: 'HTTP' }] : []];
  }

  /**
   * The server as Istio spells it, and the one on port 80 that leads to it.
   *
   * @param namespace that of the gateway's pods
   * @internal
   */
  public _toIstio(namespace: string): networking.GatewaySpecServers[] {
    const { protocol, bind, statPrefix, routesFrom } = this;
    const hosts = within(this.hosts, routesFrom);
    const [name, redirectName] = this._portNames;
    const tls = this.passes ? { mode: this.passes } : this._tls?._toIstio(namespace);
    const server = { name: statPrefix, port: { number: this.port, name, protocol }, bind, hosts, tls };
    // The redirect of a server that spares challenges is made of routes: Istio's own leaves no room for any.
    // Istio's own redirects whoever routes the host, and knows no namespaces; those routes are of the gateway's namespace.
    const redirect = {
      port: { number: 80, name: redirectName, protocol: 'HTTP' },
      bind,
      hosts: within(this.hosts, this._acmeSolver && routesFrom && [...new Set([...routesFrom, '.'])].sort()),
      tls: this._acmeSolver ? undefined : { httpsRedirect: true },
    };
    return this.httpsRedirect ? [server, redirect] : [server];
  }
}

/** The hosts as Istio spells them where routes of some namespaces alone are for them. */
function within(hosts: string[], routesFrom?: string[]): string[] {
  return routesFrom ? hosts.flatMap(host => routesFrom.map(namespace => `${namespace}/${host}`)) : [...hosts];
}

function namespaces(given: string[], routes: RouteKind | undefined, here: string): string[] {
  if (given.length === 0 || !routes || given.some((name, i) => (name !== '.' && !isDnsLabel(name)) || given.indexOf(name) !== i)) {
    throw new MeshError('IM1345', here, {
      problem: routes ? 'not a list of namespaces whose routes the server takes' : 'the server finds services by itself, and takes no routes',
      got: given,
      allowed: routes ? 'names of namespaces, each once, with . for that of the gateway' : undefined,
      next: routes ? 'mend the list' : 'drop it',
    });
  }
  return [...given].sort();
}

/** A server that waits for TLS, or ends it, is none for clients that begin in clear text. */
function checkBegins(factory: string, port: number, implicitTls = false): void {
  if (!implicitTls) {
    checkTlsBegins(ofNumber(port), at(factory), port, 'use GatewayServer.tcp(), which hands on the connection as it is');
  }
}

function at(factory: string): string {
  return `GatewayServer.${factory}()`;
}
