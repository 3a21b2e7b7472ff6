import { Construct, IConstruct } from 'constructs';
import { DedicatedGateway } from './dedicated-gateway';
import { DedicatedGatewayOptions } from './dedicated-gateway-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { sameCluster } from '../../kernel/same-cluster';
import { MeshServiceType } from '../../services/service-type';
import { GatewayAttributes } from '../../services/workloads/gateway-pods';
import { labels, Labels } from '../../values/labels';
import { dnsLabel, dnsName } from '../../values/names';
import { GatewayServer } from '../servers/gateway-server';

/** Options of `GatewayWorkload.ingress` and `GatewayWorkload.egress`. */
export interface GatewayWorkloadOptions {
  /**
   * The namespace of the gateway's pods, and of its Secrets.
   *
   * @default istio-system
   */
  readonly namespace?: string;

  /**
   * The ServiceAccount of the pods, by which services identify traffic from the gateway.
   *
   * @default - the ServiceAccount of Istio's profiles, such as istio-ingressgateway-service-account
   */
  readonly serviceAccount?: string;
}

/** The pods of a gateway: existing ones, or ones made by this library. */
interface Pods {
  readonly selector: Labels;
  readonly namespace: string;
  /** All known labels of the pods. */
  readonly podLabels: Labels;
  /** The ServiceAccount of the pods, if it is known. */
  readonly account?: string;
  /** The construct that makes the pods, if this library makes them. */
  readonly own?: DedicatedGateway;
  /** Whether the pods are those of Istio's profiles. */
  readonly stock?: boolean;
  /** The Service by which sidecars reach the pods of an egress gateway. */
  readonly egressService?: string;
}

/** The plan for dedicated pods. Each gateway that receives it makes its own pods. */
interface Plan {
  readonly options: DedicatedGatewayOptions;
  readonly type: MeshServiceType;
  /** Whether the pods are for traffic that leaves the mesh. */
  readonly egress: boolean;
}

/** Options of `GatewayWorkload.labels`. */
export interface LabelledWorkloadOptions {
  /**
   * The namespace of the gateway's pods, and of its Secrets.
   *
   * @default istio-system
   */
  readonly namespace?: string;

  /**
   * The name of the Service by which sidecars reach port 443 of the pods. An egress gateway needs it.
   *
   * @default - none: egress routes cannot use the gateway
   */
  readonly service?: string;

  /**
   * The ServiceAccount of the pods, by which services identify traffic from the gateway.
   *
   * @default - unknown
   */
  readonly serviceAccount?: string;
}

/**
 * The Envoy pods that a gateway configures: those of Istio's profiles, existing pods with given labels, or dedicated pods.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Gateway
 */
export class GatewayWorkload {
  /**
   * The stock ingress gateway of Istio's profiles: pods with the label `istio: ingressgateway`.
   */
  public static ingress(options: GatewayWorkloadOptions = {}): GatewayWorkload {
    return GatewayWorkload.stock('ingressgateway', options);
  }

  /**
   * The stock egress gateway of Istio's profiles: pods with the label `istio: egressgateway`.
   */
  public static egress(options: GatewayWorkloadOptions = {}): GatewayWorkload {
    return GatewayWorkload.stock('egressgateway', options, 'istio-egressgateway');
  }

  /**
   * The gateway pods with these labels.
   *
   * @param selector the labels; an empty selector would select all gateways of the mesh, and is refused (IM1311)
   */
  public static labels(selector: { [key: string]: string }, options: LabelledWorkloadOptions = {}): GatewayWorkload {
    const at = 'GatewayWorkload.labels()';
    validateProps('LabelledWorkloadOptions', options, at);
    if (typeof selector !== 'object' || Array.isArray(selector) || Object.keys(selector ?? {}).length === 0) {
      throw new MeshError('IM1311', at, { problem: 'the selector of the gateway has no label', got: selector });
    }
    const namespace = dnsLabel(options.namespace ?? 'istio-system', at, 'the namespace of the gateway\'s pods');
    const account = options.serviceAccount === undefined ? undefined : dnsName(options.serviceAccount, at, 'the name of the ServiceAccount');
    const service = options.service === undefined ? undefined : dnsLabel(options.service, at, 'the Service of the gateway\'s pods');
    return new GatewayWorkload({ selector: { ...labels(selector, at) }, namespace, podLabels: { ...selector }, egressService: service, account });
  }

  /**
   * Dedicated pods in the namespace of the gateway: a highly available Deployment, its Service with a port for each server, and the objects that
   * belong to them. By default two pods, spread over zones, and a Service of type LoadBalancer.
   *
   * Each gateway that receives the workload gets its own pods. To share pods, pass `gateway.workload` to another gateway.
   *
   * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
   */
  public static dedicated(options: DedicatedGatewayOptions = {}): GatewayWorkload {
    validateProps('DedicatedGatewayOptions', options, 'GatewayWorkload.dedicated()');
    return new GatewayWorkload(undefined, { options, type: options.service ?? MeshServiceType.loadBalancer(), egress: false });
  }

  /**
   * Dedicated pods of an egress gateway: like `dedicated`, but only reachable from inside the cluster.
   */
  public static dedicatedEgress(options: DedicatedGatewayOptions = {}): GatewayWorkload {
    validateProps('DedicatedGatewayOptions', options, 'GatewayWorkload.dedicatedEgress()');
    return new GatewayWorkload(undefined, { options, type: options.service ?? MeshServiceType.clusterIp(), egress: true });
  }

  /** The pods of Istio's profiles have one label more than the selector. */
  private static stock(name: string, options: GatewayWorkloadOptions, service?: string): GatewayWorkload {
    validateProps('GatewayWorkloadOptions', options, 'GatewayWorkload');
    const { selector, namespace, pods: { account = `istio-${name}-service-account` } } = GatewayWorkload.labels({ istio: name }, options);
    return new GatewayWorkload({ selector, namespace, podLabels: { app: `istio-${name}`, ...selector }, account, egressService: service, stock: true });
  }

  private constructor(private readonly known: Pods | undefined, private readonly plan?: Plan) {}

  /** The labels that select the pods. */
  public get selector(): { [key: string]: string } {
    return { ...this.pods.selector };
  }

  /** The namespace of the pods. */
  public get namespace(): string {
    return this.pods.namespace;
  }

  /**
   * Binds the workload to a gateway: makes dedicated pods.
   *
   * @internal
   */
  public _bind(gateway: Construct, name: string): GatewayWorkload {
    if (this.plan) {
      const own = new DedicatedGateway(gateway, name, this.plan.type, this.plan.options, this.plan.egress);
      const { selector, namespace, podLabels } = own;
      return new GatewayWorkload({
        selector, namespace, podLabels, account: own.account.name, own, egressService: this.plan.egress ? own.name : undefined,
      });
    }
    if (this.pods.own) {
      sameCluster(gateway, this.pods.own);
    }
    return this;
  }

  /**
   * The Service by which sidecars reach the pods of an egress gateway.
   *
   * @internal
   */
  public get _egressService(): string | undefined {
    return this.pods.egressService;
  }

  /**
   * The Service of existing pods, if it is known.
   *
   * @internal
   */
  public get _serviceElsewhere(): string | undefined {
    const { own, stock, selector, egressService } = this.pods;
    return own ? undefined : stock ? `istio-${selector.istio}` : egressService;
  }

  /**
   * Lets dedicated pods read Secrets of their namespace.
   *
   * @internal
   */
  public _readSecrets(): void {
    this.pods.own?.letRead();
  }

  /**
   * Refuses a server that conflicts with the other servers of dedicated pods.
   *
   * @internal
   */
  public _check(server: GatewayServer, gateway: IConstruct): void {
    this.pods.own?.check(server, gateway);
  }

  /**
   * Adds a server of a gateway to dedicated pods.
   *
   * @internal
   */
  public _serve(server: GatewayServer, gateway: IConstruct): void {
    this.pods.own?.serve(server, gateway);
  }

  /**
   * The ports on which the pods may listen for ports of their Service. For port 80, the pods of Istio's profiles listen on 8080, those of its
   * gateway chart on 80. Undefined if unknown.
   *
   * @internal
   */
  public _listeners(ports: number[]): number[] | undefined {
    const { own, stock } = this.pods;
    if (!own && !stock) {
      return undefined;
    }
    const all = ports.flatMap(port => (own ? [own.listenerOf(port)] : port < 1024 ? [port, 8000 + port] : [port]));
    return [...new Set(all)].sort((a, b) => a - b);
  }

  /**
   * Whether the pods trust a proxy in front of them. Undefined if unknown.
   *
   * @internal
   */
  public get _trustsProxies(): boolean | undefined {
    return this.pods.own?.trustsProxies;
  }

  /**
   * The attributes of the pods for constructs other than gateways.
   *
   * @internal
   */
  public get _facts(): GatewayAttributes {
    const { namespace, selector, account, podLabels } = this.pods;
    return { pods: { namespace, labels: selector }, account, podLabels };
  }

  private get pods(): Pods {
    if (!this.known) {
      throw new MeshError('IM1370', 'GatewayWorkload.dedicated()', { problem: 'dedicated pods do not exist before a gateway receives the workload' });
    }
    return this.known;
  }
}
