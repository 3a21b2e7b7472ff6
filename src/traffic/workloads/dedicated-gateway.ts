import { Size, SizeRoundingBehavior } from 'cdk8s';
import { ContainerResources, Cpu, IServiceAccount, k8s, ServiceAccount } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { DedicatedGatewayOptions } from './dedicated-gateway-options';
import { GatewayDeployment, gatewayPodLabels } from './gateway-deployment';
import { GatewayService } from './gateway-service';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { wrapErrors } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { podsName } from '../../kernel/naming';
import { checkPlacement } from '../../services/pods/pod-placement';
import { checkScaling, keepUp } from '../../services/pods/scaling';
import { registerWorkload } from '../../services/registered-workload';
import { MeshServiceType } from '../../services/service-type';
import { isLabelValue, Labels } from '../../values/labels';
import { serviceName } from '../../values/names';
import { GatewayServer } from '../servers/gateway-server';

/** The dedicated pods of a gateway, with their Service, ServiceAccount, PodDisruptionBudget and autoscaler. */
export class DedicatedGateway extends Construct {
  public readonly name: string;
  public readonly namespace: string;
  public readonly selector: Labels;
  public readonly podLabels: Labels;

  private readonly service: GatewayService;
  public readonly account: IServiceAccount;
  private readonly secrets: Construct;
  private readsSecrets = false;

  public constructor(
    gateway: Construct, gatewayName: string, type: MeshServiceType, private readonly options: DedicatedGatewayOptions, egress: boolean,
  ) {
    super(gateway, 'Workload');
    this.name = serviceName(options.name ?? gatewayName, this);
    this.namespace = namespaceOf(this);
    this.selector = { istio: this.label() };
    this.checkOptions();
    this.podLabels = gatewayPodLabels(this, { app: this.name, ...this.selector }, options);
    MeshHost.made(this, {
      host: `${this.name}.${this.namespace}.svc.${MeshCluster.of(this).clusterDomain}`, namespace: this.namespace, name: this.name, ports: [], versions: {},
    });
    this.account = options.serviceAccount ?? new ServiceAccount(this, 'ServiceAccount', { metadata: { ...this.metadata(), name: podsName(this.name) } });
    // Created at once and filled later, so that the order of objects does not depend on the order of servers.
    this.secrets = new Construct(this, 'Secrets');
    const deployment = wrapErrors(this, () => new GatewayDeployment(this, 'Deployment', {
      metadata: this.metadata(), selector: this.selector, podLabels: this.podLabels, serviceAccount: this.account, options,
    }));
    keepUp(this, deployment, this.metadata(), this.selector, options, 2);
    this.service = new GatewayService(this, {
      ...this.metadata(), selector: this.selector, type, annotations: options.serviceAnnotations, ports: options.ports,
    });
    if (options.readSecrets) {
      this.readSecrets();
    }
    registerWorkload({
      name: this.name,
      namespace: this.namespace,
      caller: this,
      labels: this.selector,
      versions: [{ labels: this.selector, account: this.account.name }],
      sidecar: () => true,
      scope: new Construct(this, 'Security'),
      gateway: { egress, listeners: () => this.service.listeners },
    });
  }

  /** Whether the pods trust a proxy in front of them. */
  public get trustsProxies(): boolean {
    return (this.options.gatewayTopology?.numTrustedProxies ?? 0) > 0;
  }

  /** Refuses a server that conflicts with the other servers of the pods. */
  public check(server: GatewayServer, gateway: IConstruct): void {
    this.service.check(server, gateway);
  }

  /** The port on which Envoy listens for a port of the Service. */
  public listenerOf(port: number): number {
    return this.service.targetOf(port);
  }

  /** Adds the ports of a server to the Service, and lets the pods read its certificate. */
  public serve(server: GatewayServer, gateway: IConstruct): void {
    this.service.serve(server, gateway);
    if (server._tls?.credentialName !== undefined && this.options.readSecrets !== false) {
      this.readSecrets();
    }
  }

  /** Lets the pods read Secrets of their namespace, unless `readSecrets` is false. */
  public letRead(): void {
    if (this.options.readSecrets !== false) {
      this.readSecrets();
    }
  }

  /** The value of the label `istio`. A Gateway selects pods in all namespaces, so the label contains the namespace. */
  private label(): string {
    const label = `${this.name}.${this.namespace}`;
    if (!isLabelValue(label)) {
      throw new MeshError('IM1376', this, { problem: 'the label `istio` of the pods is too long', got: label, allowed: 'at most 63 characters for name, dot and namespace' });
    }
    return label;
  }

  private checkOptions(): void {
    checkScaling(this, this.options, { replicas: 1, minReplicas: 2 });
    checkPlacement(this, this.options);
    const { resources } = this.options;
    wrapErrors(this, () => resources && checkResources(this, resources));
  }

  private metadata() {
    return { name: this.name, namespace: this.namespace, labels: { app: this.name, ...this.selector } };
  }

  /** istiod sends Secrets of the namespace only to proxies whose ServiceAccount can list them. */
  private readSecrets(): void {
    if (this.readsSecrets) {
      return;
    }
    this.readsSecrets = true;
    new k8s.KubeRole(this.secrets, 'Role', {
      metadata: this.metadata(), rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
    });
    new k8s.KubeRoleBinding(this.secrets, 'RoleBinding', {
      metadata: this.metadata(),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: this.name },
      subjects: [{ kind: 'ServiceAccount', name: this.account.name, namespace: this.namespace }],
    });
  }
}

/** Refuses requests above their limits. */
function checkResources(at: IConstruct, { cpu, memory, ephemeralStorage }: ContainerResources): void {
  const millis = (amount?: Cpu) => amount && (amount.amount.endsWith('m') ? parseFloat(amount.amount) : Number(amount.amount) * 1000);
  const kibibytes = (size?: Size) => size?.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
  const pairs = {
    'CPU': [cpu?.request, cpu?.limit].map(millis),
    'memory': [memory?.request, memory?.limit].map(kibibytes),
    'ephemeral storage': [ephemeralStorage?.request, ephemeralStorage?.limit].map(kibibytes),
  };
  for (const [what, [request, limit]] of Object.entries(pairs)) {
    if (request !== undefined && limit !== undefined && request > limit) {
      const unit = what === 'CPU' ? 'm' : 'Ki';
      throw new MeshError('IM1392', at, { problem: `the request of ${what} is above its limit`, found: `${request}${unit}`, allowed: `at most ${limit}${unit}` });
    }
  }
}
