import { ApiObjectMetadata, Duration, Size } from 'cdk8s';
import {
  Capability, ContainerResources, Cpu, DeploymentStrategy, ImagePullPolicy, IServiceAccount, PercentOrAbsolute,
} from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DedicatedGatewayOptions } from './dedicated-gateway-options';
import { proxyConfig } from './gateway-proxy';
import { MeshError } from '../../diagnostics/mesh-error';
import { knownNamespace } from '../../kernel/known-namespaces';
import { namespaceOf } from '../../kernel/namespace-scope';
import { PROXY_CONFIG } from '../../services/pods/joined-settings';
import { HOST, ZONE } from '../../services/pods/pod-parts';
import { VersionDeployment } from '../../services/pods/version-deployment';
import { checkWithSidecars, declareAskingPods } from '../../services/workloads/sidecars';
import { annotation, labels, Labels } from '../../values/labels';
import { ProxyDrain } from '../../values/proxy-drain';
import { SidecarInjection } from '../../values/sidecar-injection';

/** A new pod becomes ready before an old one is stopped. */
const NONE_MISSING = DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.percent(25), maxUnavailable: PercentOrAbsolute.absolute(0) });

/** Labels that the library sets: gateways select pods by them, and they control injection. */
const OWN_LABELS = ['app', 'istio', 'istio.io/dataplane-mode', 'istio.io/rev', 'security.istio.io/tlsMode', 'sidecar.istio.io/inject'];

const OWN_ANNOTATIONS = [
  'inject.istio.io/templates', 'istio.io/rev', 'proxy.istio.io/overrides', 'sidecar.istio.io/inject', 'sidecar.istio.io/logLevel',
  'sidecar.istio.io/status',
];

const OWN_VARIABLES = ['EXIT_ON_ZERO_ACTIVE_CONNECTIONS', 'MINIMUM_DRAIN_DURATION'];

/** The defaults of Istio's gateway chart. */
const RESOURCES: ContainerResources = {
  cpu: { request: Cpu.millis(100), limit: Cpu.units(2) },
  memory: { request: Size.mebibytes(128), limit: Size.gibibytes(1) },
};

/** The settings of a `GatewayDeployment`. */
export interface GatewayDeploymentSetting {
  readonly metadata: ApiObjectMetadata;
  readonly selector: Labels;
  readonly podLabels: Labels;
  readonly serviceAccount: IServiceAccount;
  readonly options: DedicatedGatewayOptions;
}

/**
 * The Deployment of a gateway, whose container the injection fills. The pods conform to the Pod Security Standard `restricted`. They declare no
 * ports, so that a new server restarts no pod.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
export class GatewayDeployment extends VersionDeployment {
  public constructor(scope: Construct, id: string, { metadata, selector, podLabels, serviceAccount, options }: GatewayDeploymentSetting) {
    super(scope, id, {
      select: false,
      metadata,
      serviceAccount,
      replicas: options.autoscaling ? undefined : options.replicas ?? 2,
      strategy: options.strategy ?? NONE_MISSING,
      minReady: options.minReady ?? Duration.seconds(10),
      terminationGracePeriod: gracePeriod(options),
      dockerRegistryAuth: options.dockerRegistryAuth,
      dns: options.dns,
      podMetadata: { labels: { ...podLabels }, annotations: podAnnotations(scope, options) },
      containers: [{
        name: 'istio-proxy',
        image: 'auto',
        imagePullPolicy: options.imagePullPolicy ?? ImagePullPolicy.IF_NOT_PRESENT,
        resources: options.resources ?? RESOURCES,
        envVariables: options.envVariables,
        volumeMounts: options.volumeMounts,
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: [Capability.ALL] },
          ensureNonRoot: true,
          privileged: false,
          readOnlyRootFilesystem: true,
        },
      }],
    }, { selector, spreadOver: [ZONE, HOST], placement: options });
  }
}

/** The labels of a gateway's pods: the selector labels, and those for injection. */
export function gatewayPodLabels(at: Construct, selector: Labels, { podLabels = {}, envVariables = {}, injection }: DedicatedGatewayOptions): Labels {
  refuseOwn(at, 'the label', OWN_LABELS, labels(podLabels, at));
  refuseOwn(at, 'the variable', OWN_VARIABLES, envVariables);
  return { ...podLabels, ...selector, ...injected(at, injection ?? SidecarInjection.enabled()), 'istio.io/dataplane-mode': 'none' };
}

/** The labels for injection. A label of the namespace takes precedence over one of the pods, so a different revision is refused. */
function injected(at: Construct, injection: SidecarInjection): Labels {
  const namespace = knownNamespace(at, namespaceOf(at));
  const revision = injection._labels['istio.io/rev'];
  if (!injection.injects) {
    throw new MeshError('IM1371', at, { problem: 'the pods of the gateway would have no proxy', found: 'SidecarInjection.disabled()', allowed: 'SidecarInjection.enabled(), SidecarInjection.revision(\'…\')' });
  }
  if (revision) {
    checkWithSidecars(at, () => {
      if (namespace.isDeclared) {
        throw new MeshError('IM1371', at, { problem: `the namespace ${namespace.name} already declares its injection`, got: revision, next: 'set the revision on the namespace' });
      }
    });
  }
  declareAskingPods({ source: at, namespace: namespace.name, revision });
  return { 'sidecar.istio.io/inject': 'true', ...revision ? { 'istio.io/rev': revision } : {} };
}

function podAnnotations(at: Construct, options: DedicatedGatewayOptions): Labels {
  const { podAnnotations: further = {}, logLevel, drain = ProxyDrain.untilIdle() } = options;
  Object.entries(further).forEach(([key, value]) => annotation(key, value, at));
  refuseOwn(at, 'the annotation', OWN_ANNOTATIONS, further);
  return {
    ...further,
    'inject.istio.io/templates': 'gateway',
    [PROXY_CONFIG]: proxyConfig(at, { ...options, drain, terminationGracePeriod: gracePeriod(options), further: further[PROXY_CONFIG] }),
    ...logLevel ? { 'sidecar.istio.io/logLevel': logLevel.toLowerCase() } : {},
  };
}

function gracePeriod({ terminationGracePeriod = Duration.seconds(60) }: DedicatedGatewayOptions): Duration {
  return terminationGracePeriod;
}

function refuseOwn(at: Construct, what: string, own: string[], given: { readonly [key: string]: unknown }): void {
  const taken = own.find(key => Object.keys(given).includes(key));
  if (taken) {
    throw new MeshError('IM1372', at, { problem: `the library sets ${what} ${taken}`, got: taken });
  }
}
