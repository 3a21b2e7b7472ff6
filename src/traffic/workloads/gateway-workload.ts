import { Construct, IConstruct } from 'constructs';
import { DedicatedGateway } from './dedicated-gateway';
import { DedicatedGatewayOptions } from './dedicated-gateway-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { sameCluster } from '../../kernel/mesh-cluster';
import { MeshServiceType } from '../../services/service-type';
import { GatewayAttributes } from '../../services/workloads/gateway-pods';
import { labels, Labels } from '../../values/labels';
import { dnsLabel, dnsName } from '../../values/names';
import { GatewayServer } from '../servers/gateway-server';

/** Options of `GatewayWorkload`'s factories. */
export interface GatewayWorkloadOptions {
  /**
   * The namespace of the gateway's pods: where its Secrets are looked up.
   *
   * @default istio-system
   */
  readonly namespace?: string;

  /**
   * The ServiceAccount that the pods run as: by it, services know what comes through the gateway.
   *
   * @default - that of Istio's profiles for `ingress()` and `egress()`, such as istio-ingressgateway-service-account; not known for `labels()`
   */
  readonly serviceAccount?: string;
}

/** Pods that are there, or made. */
interface Pods {
  readonly selector: Labels;
  readonly namespace: string;
  /** All labels of the pods that are known. */
  readonly podLabels: Labels;
  /** The ServiceAccount that they run as, where it is known. */
  readonly account?: string;
  /** What made them, if this library did. */
  readonly own?: DedicatedGateway;
  /** Whether they are those of Istio's profiles. */
  readonly stock?: boolean;
  /** The Service by which sidecars reach the pods, where they are for traffic that leaves the mesh. */
  readonly egressService?: string;
}

/** Pods to be made for the gateway that is given them. */
interface Plan {
  readonly options: DedicatedGatewayOptions;
  readonly type: MeshServiceType;
  /** Whether the pods are for traffic that leaves the mesh. */
  readonly egress: boolean;
}

/** Options of `GatewayWorkload.labels`. */
export interface LabelledWorkloadOptions {
  /**
   * The namespace of the gateway's pods: where its Secrets are looked up.
   *
   * @default istio-system
   */
  readonly namespace?: string;

  /**
   * The name of the Service by which sidecars reach port 443 of the pods: what makes an egress gateway of them.
   *
   * @default - none that routes out of the mesh could use
   */
  readonly service?: string;

  /**
   * The ServiceAccount that the pods run as: by it, services know what comes through the gateway.
   *
   * @default - not known
   */
  readonly serviceAccount?: string;
}

/**
 * The Envoy pods that a gateway configures.
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
   * @param selector the labels; none at all would select every gateway of the mesh and is refused (IM1311)
   */
  public static labels(selector: { [key: string]: string }, options: LabelledWorkloadOptions = {}): GatewayWorkload {
    const at = 'GatewayWorkload.labels()';
    validateProps('LabelledWorkloadOptions', options, at);
    if (typeof selector !== 'object' || Array.isArray(selector) || Object.keys(selector ?? {}).length === 0) {
      throw new MeshError('IM1311', at, { problem: 'no label selects the pods of the gateway', got: selector });
    }
    const namespace = dnsLabel(options.namespace ?? 'istio-system', at, 'the namespace of the gateway\'s pods');
    const account = options.serviceAccount === undefined ? undefined : dnsName(options.serviceAccount, at, 'the name of the ServiceAccount');
    const service = options.service === undefined ? undefined : dnsLabel(options.service, at, 'the Service of the gateway\'s pods');
    return new GatewayWorkload({ selector: { ...labels(selector, at) }, namespace, podLabels: { ...selector }, egressService: service, account });
  }

  /**
   * Pods of the gateway's own, in its namespace: a Deployment that stays up, its Service with a port for each of the servers, and what
   * belongs to them. Two pods in different zones, where there are two, and a load balancer, unless the options say otherwise.
   *
   * Each gateway that is given the workload gets pods of its own. Another gateway serves by the same pods if it is given
   * `gateway.workload`.
   *
   * What cannot be is refused where a gateway gets it: IM0101, IM0102, IM1102, IM1114 and IM1373 on ports, IM0106, IM1003 and IM1376 on names,
   * IM0107, IM0110 and IM1372 on labels, annotations and variables, IM1108 and IM1109 on numbers of pods, IM1371 on the injection, IM1375 and
   * IM1377 on settings of the proxy, IM1392 on resources, IM0002 on what cdk8s-plus refuses; at synthesis IM1374 on ports that no server has,
   * IM1373 and IM1391 on servers that are opened at one address of the pods and cannot be.
   *
   * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
   */
  public static dedicated(options: DedicatedGatewayOptions = {}): GatewayWorkload {
    validateProps('DedicatedGatewayOptions', options, 'GatewayWorkload.dedicated()');
    return new GatewayWorkload(undefined, { options, type: options.service ?? MeshServiceType.loadBalancer(), egress: false });
  }

  /**
   * Pods of the gateway's own, for traffic that leaves the mesh: as `dedicated`, and reached from inside the cluster alone.
   */
  public static dedicatedEgress(options: DedicatedGatewayOptions = {}): GatewayWorkload {
    validateProps('DedicatedGatewayOptions', options, 'GatewayWorkload.dedicatedEgress()');
    return new GatewayWorkload(undefined, { options, type: options.service ?? MeshServiceType.clusterIp(), egress: true });
  }

  /** Pods of Istio's profiles have a label more than is selected by. */
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
   * The workload as a gateway has it: pods that are to be made are made.
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
   * The Service by which sidecars reach the pods, where they are for traffic that leaves the mesh.
   *
   * @internal
   */
  public get _egressService(): string | undefined {
    return this.pods.egressService;
  }

  /**
   * The Service of the pods, where they are not made here and it is known.
   *
   * @internal
   */
  public get _serviceElsewhere(): string | undefined {
    const { own, stock, selector, egressService } = this.pods;
    return own ? undefined : stock ? `istio-${selector.istio}` : egressService;
  }

  /**
   * Lets the pods have Secrets of their namespace.
   *
   * @internal
   */
  public _readSecrets(): void {
    this.pods.own?.letRead();
  }

  /**
   * Refuses a server that pods of this library's cannot have beside those that they have.
   *
   * @internal
   */
  public _check(server: GatewayServer, gateway: IConstruct): void {
    this.pods.own?.check(server, gateway);
  }

  /**
   * Lets the pods serve what a gateway has.
   *
   * @internal
   */
  public _serve(server: GatewayServer, gateway: IConstruct): void {
    this.pods.own?.serve(server, gateway);
  }

  /**
   * Where the pods may listen for ports of their Service. Those of Istio's profiles listen at 8080 for 80, those of its chart for gateways
   * at 80. Undefined where nothing is known.
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
   * Whether the pods believe a proxy in front of them. Undefined where nothing is known.
   *
   * @internal
   */
  public get _trustsProxies(): boolean | undefined {
    return this.pods.own?.trustsProxies;
  }

  /**
   * What others than gateways know of the pods.
   *
   * @internal
   */
  public get _facts(): GatewayAttributes {
    const { namespace, selector, account, podLabels } = this.pods;
    return { pods: { namespace, labels: selector }, account, podLabels };
  }

  /**
   * Whether one selects the pods of the other, as far as their labels are known.
   *
   * @internal
   */
  public _overlaps(other: GatewayWorkload): boolean {
    const within = (inner: Labels, outer: Labels) => Object.entries(inner).every(([key, value]) => outer[key] === value);
    return within(this.pods.selector, other.pods.podLabels) || within(other.pods.selector, this.pods.podLabels);
  }

  private get pods(): Pods {
    if (!this.known) {
      throw new MeshError('IM1370', 'GatewayWorkload.dedicated()', { problem: 'the pods are made for the gateway that gets the workload, and there is none yet' });
    }
    return this.known;
  }
}
