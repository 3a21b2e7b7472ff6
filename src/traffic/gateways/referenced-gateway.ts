import { Construct } from 'constructs';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { declareGateway, gatewayAttributes, gatewayKey } from '../../services/workloads/gateway-pods';
import { gatewayHost } from '../../values/host';
import { dnsLabel } from '../../values/names';
import { servedHosts } from '../listeners/gateway-listeners';
import { knownGateway } from '../listeners/known-gateways';
import { ServedPorts } from '../listeners/served-ports';
import { IMeshGateway } from '../routes/gateway-interface';
import { RouteWriter } from '../routes/route-writer';
import { RoutedGateway } from '../routes/routed-gateway';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** Attributes of an existing gateway. */
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
   * The hosts that the gateway serves. Routes for other hosts are refused.
   *
   * @default - unknown: no host is refused
   */
  readonly hosts?: string[];

  /**
   * The Envoy pods that the gateway configures. Services identify requests from the gateway by the identity of these pods.
   *
   * @default - unknown: its routes cannot become policies
   */
  readonly workload?: GatewayWorkload;
}

/** An existing gateway, which the App does not create. Its routes are in the namespace of the scope. */
export class ReferencedGateway extends RoutedGateway implements IMeshGateway {
  public readonly gatewayName: string;
  public readonly namespace: string;
  /**
   * The known ports of the gateway.
   *
   * @internal
   */
  public readonly _described?: ServedPorts;
  /** @internal */
  protected readonly _routes: RouteWriter;

  public constructor(scope: Construct, id: string, attributes: MeshGatewayAttributes) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshGatewayAttributes', attributes, this);
    this.gatewayName = dnsLabel(attributes.name ?? id, this, 'the name of the gateway');
    this.namespace = dnsLabel(attributes.namespace ?? namespaceOf(this), this, 'the namespace of the gateway');
    const hosts = attributes.hosts?.map(host => gatewayHost(host, this));
    this._described = hosts && new ServedPorts().add({ hosts });
    this._routes = new RouteWriter(this, this, { described: this._described });
    const { workload } = attributes;
    const described = { ...workload?._facts, hosts, served: workload && (() => servedHosts(this, workload)) };
    declareGateway(this, () => {
      const made = knownGateway(this, gatewayKey(this));
      return made ? gatewayAttributes(made.construct) : described;
    });
    MeshCluster.of(this)._refersTo('Gateway', this.namespace, this.gatewayName, this);
  }
}
