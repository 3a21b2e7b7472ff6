import { Construct } from 'constructs';
import { ControlPlaneOptions } from './control-plane-options';
import { hasCni } from './istio-cni';
import { IstioGatewayOptions } from './istio-gateway-options';
import { IstioPodOptions } from './istio-pod-options';
import { checkMeshConfig } from './mesh-config-check';
import { MeshSettings } from './mesh-settings';
import { autoscaling, leastPods, podValues, rollingUpdate } from './pod-values';
import { meshConfig } from './settings-values';
import { Values, withFurther } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshCluster } from '../kernel/mesh-cluster';
import { checkNodePorts, takeNodePorts } from '../services/service-object';
import { checkedPorts } from '../services/service-parts';
import { MeshServiceType } from '../services/service-type';
import { wholeSeconds } from '../values/istio-duration';
import { annotation, labels } from '../values/labels';
import { isDnsName } from '../values/names';
import { IstioRelease } from '../values/release';

export function baseValues(at: Construct, revision: string | undefined): Values {
  return { defaultRevision: revision, global: rootNamespace(at) };
}

/** The values of istiod: options are checked at once, settings are read at synthesis. */
export function istiodChartValues(at: Construct, props: {
  revision?: string; revisionTags?: string[]; controlPlane?: ControlPlaneOptions; values?: Values;
}): () => Values {
  const { revision, revisionTags, controlPlane = {}, values = {} } = props;
  const { imageHub, distroless, imagePullSecrets, jsonLogs, priorityClassName } = controlPlane;
  const cluster = MeshCluster.of(at);
  const update = rollingUpdate(at, controlPlane);
  checkImages(at, controlPlane);
  checkPodAnnotations(at, controlPlane, ISTIOD_ANNOTATIONS);
  checkMeshConfig(values.meshConfig ?? {}, at, cluster.istio, 'values.meshConfig');
  const pods = {
    ...podValues(at, controlPlane, revision === undefined ? { istio: 'pilot' } : { 'app': 'istiod', 'istio.io/rev': revision }),
    ...istiodScaling(at, controlPlane),
    rollingMaxSurge: update?.maxSurge,
    rollingMaxUnavailable: update?.maxUnavailable,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const global = {
    ...rootNamespace(at),
    defaultPodDisruptionBudget: leastPods(controlPlane) < 2 && !cluster.istio.atLeast(IstioRelease.V1_28) ? { enabled: false } : undefined,
    hub: imageHub,
    imagePullSecrets,
    logAsJson: jsonLogs,
    multiCluster: { clusterName: cluster._name },
    priorityClassName,
    variant: distroless ? 'distroless' : undefined,
  };
  const render = () => {
    const settings = MeshSettings.of(at)?._istiodValues() ?? { meshConfig: meshConfig(at, cluster, {}) };
    // Under `pilot`, where the charts of every release read it.
    return withFurther({
      revision,
      revisionTags,
      meshConfig: settings.meshConfig,
      global: { ...settings.global, ...global, proxy: { ...settings.global?.proxy, clusterDomain: cluster.clusterDomain } },
      pilot: { ...pods, ...settings.pilot, cni: hasCni(at) ? { enabled: true } : undefined },
    }, values, at, 'values');
  };
  render();
  return render;
}

function istiodScaling(at: Construct, options: IstioPodOptions): Values {
  const range = autoscaling(at, options);
  return range === undefined ? { autoscaleEnabled: false, replicaCount: options.replicas } : {
    autoscaleEnabled: true,
    autoscaleMin: range.minReplicas,
    autoscaleMax: range.maxReplicas,
    cpu: { targetAverageUtilization: range.targetCpu },
    memory: { targetAverageUtilization: range.targetMemory },
  };
}

/** The annotations that the chart of istiod writes itself, before those of a user. */
const ISTIOD_ANNOTATIONS = ['prometheus.io/port', 'prometheus.io/scrape', 'sidecar.istio.io/inject'];
/** Those by which the pods of a gateway are made gateways. */
const GATEWAY_ANNOTATIONS = ['inject.istio.io/templates', 'sidecar.istio.io/inject'];

function checkPodAnnotations(at: Construct, { podAnnotations = {} }: IstioPodOptions, written: string[]): void {
  const key = written.find(each => each in podAnnotations);
  if (key) {
    throw new MeshError('IM1604', at, { problem: `the chart writes the annotation ${key} of the pods itself`, got: podAnnotations[key], next: 'drop it' });
  }
}

function checkImages(at: Construct, { imageHub, imagePullSecrets = [] }: ControlPlaneOptions): void {
  if (imageHub !== undefined && !/^[a-z0-9]+([.-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(imageHub)) {
    throw new MeshError('IM1607', at, {
      problem: 'this is no place for images', got: imageHub, allowed: 'a registry and a path, without a scheme and without a tag: registry.example.com/istio', next: 'correct it',
    });
  }
  const secret = imagePullSecrets.find(name => !isDnsName(name));
  if (secret !== undefined) {
    throw new MeshError('IM0106', at, { problem: 'a Secret for images has no DNS name', got: secret });
  }
}

/** The values of a gateway. */
export function gatewayValues(at: Construct, name: string, options: IstioGatewayOptions, revision: string | undefined): Values {
  const { labels: podLabels, serviceAnnotations, terminationGracePeriod, minReady, values = {} } = options;
  checkPodAnnotations(at, options, GATEWAY_ANNOTATIONS);
  checkRollout(at, options);
  const selector = labels(podLabels ?? { app: name, istio: name.replace(/^istio-/, '') }, at);
  Object.entries(serviceAnnotations ?? {}).forEach(([key, value]) => annotation(key, value, at));
  return withFurther({
    ...podValues(at, options, selector),
    ...gatewayScaling(at, options),
    revision,
    labels: podLabels,
    minReadySeconds: minReady && wholeSeconds(minReady, at),
    podDisruptionBudget: { maxUnavailable: evictable(at, options) },
    priorityClassName: options.priorityClassName,
    service: { ...service(at, options), annotations: serviceAnnotations },
    strategy: { rollingUpdate: rollingUpdate(at, options) },
    terminationGracePeriodSeconds: terminationGracePeriod && wholeSeconds(terminationGracePeriod, at),
  }, values, at, 'values');
}

function gatewayScaling(at: Construct, options: IstioPodOptions): Values {
  const range = autoscaling(at, options);
  return range === undefined ? { autoscaling: { enabled: false }, replicaCount: options.replicas } : {
    autoscaling: {
      enabled: true,
      minReplicas: range.minReplicas,
      maxReplicas: range.maxReplicas,
      targetCPUUtilizationPercentage: range.targetCpu,
      targetMemoryUtilizationPercentage: range.targetMemory,
    },
  };
}

/** Charts before 1.24 do not read them. */
function checkRollout(at: Construct, { strategy, minReady }: IstioGatewayOptions): void {
  const { istio } = MeshCluster.of(at);
  if ((strategy ?? minReady) && !istio.atLeast(IstioRelease.V1_24)) {
    throw new MeshError('IM1605', at, {
      problem: `the chart of gateways of Istio ${istio.version} ignores ${strategy ? 'strategy' : 'minReady'}`, allowed: 'Istio 1.24 or later',
    });
  }
}

/** A budget for one pod would keep nodes from being drained, and the chart makes none. */
function evictable(at: Construct, options: IstioGatewayOptions): number | undefined {
  const { maxUnavailable } = options;
  if (maxUnavailable !== undefined && leastPods(options) < 2) {
    throw new MeshError('IM1603', at, {
      problem: 'there may be one pod only, for which the chart makes no budget',
      found: `maxUnavailable: ${maxUnavailable}`,
      next: 'let there be two pods at least, or leave the budget out',
    });
  }
  if (maxUnavailable !== undefined && (!Number.isInteger(maxUnavailable) || maxUnavailable < 1)) {
    throw new MeshError('IM1603', at, {
      problem: 'maxUnavailable is not a count of pods', got: maxUnavailable, allowed: 'a whole number, at least 1: with 0 no node could be drained',
    });
  }
  if (maxUnavailable !== undefined && maxUnavailable >= leastPods(options)) {
    throw new MeshError('IM1603', at, {
      problem: 'all pods could be evicted at once', found: `maxUnavailable: ${maxUnavailable}`, allowed: `1 to ${leastPods(options) - 1}: fewer than there may be pods`,
    });
  }
  return leastPods(options) < 2 ? undefined : maxUnavailable ?? 1;
}

/** The chart replaces its list of ports by ours, so the one for health checks is written again. */
function service(at: Construct, { service: type = MeshServiceType.loadBalancer(), ports }: IstioGatewayOptions): Values {
  const status = { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 };
  const listed = ports === undefined ? [] : checkedPorts(ports, at);
  checkNodePorts(at, listed, type);
  takeNodePorts(at, listed.flatMap(({ nodePort }) => nodePort ?? []));
  const { ports: own, ...spec } = type._toKube(listed);
  return { ...spec, ports: ports && [status, ...own!.map(port => ({ ...port, targetPort: port.targetPort!.value }))] };
}

function rootNamespace(at: Construct): Values {
  const { rootNamespace: namespace } = MeshCluster.of(at);
  return { istioNamespace: namespace };
}
