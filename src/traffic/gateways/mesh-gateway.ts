import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayServers } from './gateway-servers';
import { MeshGatewayAttributes, ReferencedGateway } from './referenced-gateway';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { checkAtSynthesis } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { dnsLabel } from '../../values/names';
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
  /** An existing gateway, which the App does not create. Its routes are in the namespace of the scope. */
  public static fromAttributes(scope: Construct, id: string, attributes: MeshGatewayAttributes): IMeshGateway {
    return new ReferencedGateway(scope, id, attributes);
  }

  public readonly gatewayName: string;
  public readonly namespace: string;
  /** The Envoy pods that the gateway configures. */
  public readonly workload: GatewayWorkload;

  private readonly gatewayServers: GatewayServers;

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
    this._routes = new RouteWriter(this, this);
    this.gatewayServers = new GatewayServers(this, this.workload, this._routes);
    (props.servers ?? []).forEach(server => this.addServer(server));
    checkAtSynthesis(this, () => [...this.checkServers(), ...this.gatewayServers.unrouted()]);
  }

  /** The ports that the gateway serves. */
  public get servers(): GatewayServer[] {
    return this.gatewayServers.all;
  }

  /** Adds a port, or further hosts on a port. */
  public addServer(server: GatewayServer): void {
    this.gatewayServers.add(server);
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
    const servers = this.servers.flatMap(server => server._toIstio(this.workload.namespace));
    return { selector: this.workload.selector, servers: [...servers, ...this.addedServers] };
  }

  private get addedServers(): networking.GatewaySpecServers[] {
    return this.serverSources.flatMap(source => source());
  }

  private checkServers(): string[] {
    return this.servers.length > 0 || this.addedServers.length > 0 ? [] : [new MeshError('IM1301', this, { problem: 'the gateway has no server' }).message];
  }
}
