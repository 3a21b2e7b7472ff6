import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshGatewayAttributes, ReferencedGateway } from './referenced-gateway';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { collectErrors } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { declareChallenges } from '../../services/workloads/acme-challenges';
import { declareGateway, gatewayKey } from '../../services/workloads/gateway-pods';
import { dnsLabel } from '../../values/names';
import { showCertificates } from '../listeners/credentials';
import { listen, listenersOf, servedHosts } from '../listeners/gateway-listeners';
import { makeKnown } from '../listeners/known-gateways';
import { checkRouted } from '../listeners/unrouted';
import { IMeshGateway } from '../routes/gateway-interface';
import { PodTcpRouteOptions } from '../routes/pod-routes';
import { RouteWriter } from '../routes/route-writer';
import { RoutedGateway } from '../routes/routed-gateway';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** Properties of a `MeshGateway`. */
export interface MeshGatewayProps {
  /**
   * The name of the Gateway.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The Envoy pods that the gateway configures. */
  readonly workload: GatewayWorkload;

  /**
   * The ports that the gateway serves. More can be added.
   *
   * @default - none yet
   */
  readonly servers?: GatewayServer[];
}

/**
 * A gateway: the ports and hosts that Envoy pods at the edge of the mesh serve, and the routes from there.
 *
 * Routes to one host become one VirtualService in the namespace of the gateway, the narrowest match first.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/
 */
export class MeshGateway extends RoutedGateway implements IMeshGateway {
  /** A gateway that is made elsewhere. Routes to it live in the namespace of the scope. */
  public static fromAttributes(scope: Construct, id: string, attributes: MeshGatewayAttributes): IMeshGateway {
    return new ReferencedGateway(scope, id, attributes);
  }

  public readonly gatewayName: string;
  public readonly namespace: string;
  /** The Envoy pods that the gateway configures. */
  public readonly workload: GatewayWorkload;

  private readonly _servers: GatewayServer[] = [];

  /** @internal */
  protected readonly _routes: RouteWriter;

  private readonly serverSources: (() => networking.GatewaySpecServers[])[] = [];

  constructor(scope: Construct, id: string, props: MeshGatewayProps) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshGatewayProps', props, this);
    this.gatewayName = dnsLabel(props.name ?? id, this, 'the name of the gateway');
    this.namespace = namespaceOf(this);
    this.workload = props.workload._bind(this, this.gatewayName);
    const service = this.workload._serviceElsewhere;
    if (service !== undefined) {
      MeshCluster.of(this)._refersTo('Service', this.workload.namespace, service, this);
    }
    new networking.Gateway(this, owned(this, 'Resource'), {
      metadata: { name: this.gatewayName, namespace: this.namespace },
      spec: Lazy.any({ produce: () => this._render() }),
    });
    makeKnown(gatewayKey(this), {
      construct: this,
      podNamespace: this.workload.namespace,
      trustsProxies: this.workload._trustsProxies,
      served: () => this.servers.flatMap(({ hosts, port, protocol, routesFrom, _routes: kind, _tls, _implicitTls: implicitTls }) => {
        const namespaces = routesFrom?.map(name => (name === '.' ? this.namespace : name));
        return kind ? [{ hosts, port, protocol, kind, namespaces, implicitTls, dnsNames: _tls?._shown.dnsNames }] : [];
      }),
    });
    declareGateway(this, () => ({
      ...this.workload._facts,
      listeners: this.workload._listeners(this.servers.flatMap(server => server._toIstio(this.workload.namespace).map(({ port }) => port!.number!))),
      hosts: this.servers.flatMap(server => server.hosts),
      served: () => servedHosts(this, this.workload),
    }));
    this._routes = new RouteWriter(this, this);
    (props.servers ?? []).forEach(server => this.addServer(server));
    this.node.addValidation({
      validate: () => [...this.checkServers(), ...this._servers.flatMap(server => collectErrors(this, () => checkRouted(this, server)))],
    });
  }

  /** The ports that the gateway serves. */
  public get servers(): GatewayServer[] {
    return [...this._servers];
  }

  /** Adds a port, or further hosts on a port. */
  public addServer(server: GatewayServer): void {
    instanceOf('GatewayServer', server, this, 'the server');
    const duplicate = this._servers.flatMap(other => other._portNames).find(name => server._portNames.includes(name));
    const counted = this._servers.find(other => other.statPrefix !== undefined && other.statPrefix === server.statPrefix);
    if (duplicate) {
      throw new MeshError('IM1305', this, { problem: `two servers are called ${duplicate}`, got: server.name, next: 'give one of them a `name`' });
    }
    if (counted) {
      throw new MeshError('IM1305', this, {
        problem: `${counted.name} and ${server.name} have one prefix for their statistics`, got: server.statPrefix, next: 'give each a `statPrefix` of its own',
      });
    }
    this.workload._check(server, this);
    server._tls?._check(this);
    const listeners = listenersOf(this, this.workload, server);
    showCertificates(this, this.workload.namespace, server);
    listen(this, listeners);
    this._servers.push(server);
    this.workload._serve(server, this);
    server.hosts.forEach(host => this._routes.reserve(host));
    if (server._acmeSolver) {
      server.hosts.forEach(host => this._routes.redirectHttp(host, server._acmeSolver!));
      if (server._acmeSolver._target === undefined) {
        declareChallenges(this);
      }
    }
  }

  public override addPodTcpRoutes(options: PodTcpRouteOptions): void {
    this._routes.addPodsTcp(options, port => this.addServer(GatewayServer.tcp({ port })));
  }

  /**
   * Adds servers that another construct computes at synthesis, such as those for egress routes.
   *
   * @internal
   */
  public _addServers(source: () => networking.GatewaySpecServers[]): void {
    this.serverSources.push(source);
  }

  /** @internal */
  public _render(): networking.GatewaySpec {
    const servers = this._servers.flatMap(server => server._toIstio(this.workload.namespace));
    return { selector: this.workload.selector, servers: [...servers, ...this.addedServers] };
  }

  private get addedServers(): networking.GatewaySpecServers[] {
    return this.serverSources.flatMap(source => source());
  }

  private checkServers(): string[] {
    return this._servers.length > 0 || this.addedServers.length > 0 ? [] : [new MeshError('IM1301', this, { problem: 'the gateway has no server' }).message];
  }
}
