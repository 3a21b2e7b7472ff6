import { Construct } from 'constructs';
import { IMeshGateway } from './gateway-interface';
import { servedHosts } from './gateway-listeners';
import { GatewayWorkload } from './gateway-workload';
import { knownGateway, ServedPort } from './known-gateways';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { declareGateway, gatewayAttributes, gatewayKey } from '../../services/workloads/gateway-pods';
import { gatewayHost } from '../../values/host';
import { dnsLabel } from '../../values/names';
import { GrpcRouteOptions, HttpRouteOptions } from '../routes/http-route-options';
import { PodRouteOptions, PodTcpRouteOptions } from '../routes/pod-routes';
import { RouteWriter } from '../routes/route-writer';
import { TcpRouteOptions, TlsRouteOptions } from '../routes/stream-route-options';

/** What there is to know of a gateway that is made elsewhere. */
export interface MeshGatewayAttributes {
  /**
   * The name of the Gateway.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The namespace of the Gateway.
   *
   * @default - the namespace of the scope
   */
  readonly namespace?: string;

  /**
   * The hosts that the gateway serves: routes to others are refused.
   *
   * @default - not known: no host is refused
   */
  readonly hosts?: string[];

  /**
   * The Envoy pods that the gateway configures: by their identity, services know what comes through it.
   *
   * @default - not known: its routes cannot become policies
   */
  readonly workload?: GatewayWorkload;
}

/** A gateway that somebody else makes. Its routes live in the namespace of the scope. */
export class ReferencedGateway extends Construct implements IMeshGateway {
  public readonly gatewayName: string;
  public readonly namespace: string;
  /**
   * What is known of its ports.
   *
   * @internal
   */
  public readonly _served?: ServedPort[];
  private readonly routes: RouteWriter;

  public constructor(scope: Construct, id: string, attributes: MeshGatewayAttributes) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshGatewayAttributes', attributes, this);
    this.gatewayName = dnsLabel(attributes.name ?? id, this, 'the name of the gateway');
    this.namespace = dnsLabel(attributes.namespace ?? namespaceOf(this), this, 'the namespace of the gateway');
    const hosts = attributes.hosts?.map(host => gatewayHost(host, this));
    this._served = hosts && [{ hosts }];
    this.routes = new RouteWriter(this, this, { described: this._served });
    const { workload } = attributes;
    const described = { ...workload?._facts, hosts, served: workload && (() => servedHosts(this, workload)) };
    declareGateway(this, () => {
      const made = knownGateway(this, gatewayKey(this));
      return made ? gatewayAttributes(made.construct) : described;
    });
    MeshCluster.of(this)._refersTo('Gateway', this.namespace, this.gatewayName, this);
  }

  public addHttpRoute(host: string, options: HttpRouteOptions): void {
    this.routes.addHttp(host, options);
  }

  public addGrpcRoute(host: string, options: GrpcRouteOptions): void {
    this.routes.addGrpc(host, options);
  }

  public addTlsRoute(host: string, options: TlsRouteOptions): void {
    this.routes.addTls(host, options);
  }

  public addTcpRoute(options: TcpRouteOptions): void {
    this.routes.addTcp(options);
  }

  public addPodRoutes(options: PodRouteOptions): void {
    this.routes.addPods(options);
  }

  public addPodTcpRoutes(options: PodTcpRouteOptions): void {
    this.routes.addPodsTcp(options);
  }
}
