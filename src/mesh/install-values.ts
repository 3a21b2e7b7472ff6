import { IConstruct } from 'constructs';
import { IstioGatewayOptions } from './istio-gateway-options';
import { MeshSettings } from './mesh-settings';
import { PodPlacement, placementValues } from './placement';
import { Replicas } from './replicas';
import { meshConfig } from './settings-values';
import { Values, withFurther } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshCluster } from '../kernel/mesh-cluster';
import { MeshServiceType } from '../services/service-type';
import { wholeSeconds } from '../values/istio-duration';
import { annotation, labels, Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** Options of the control plane. */
export interface ControlPlaneOptions extends PodPlacement {
  /**
   * The images of Istio: `docker.io/istio`, or a copy of one's own. For sidecars, too.
   *
   * @default - the chart's own
   */
  readonly imageHub?: string;

  /**
   * Whether images have no shell and no tools. For sidecars, too.
   *
   * @default false
   */
  readonly distroless?: boolean;

  /**
   * The Secrets with credentials for the registry of the images, by name.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];

  /**
   * Whether istiod logs in JSON.
   *
   * @default false
   */
  readonly jsonLogs?: boolean;
}

export function baseValues(at: IConstruct, revision: string | undefined): Values {
  return { defaultRevision: revision, global: rootNamespace(at) };
}

/** The values of istiod: what options say is checked now, what the settings say is read when all have spoken. */
export function istiodChartValues(at: IConstruct, props: {
  revision?: string; revisionTags?: string[]; controlPlane?: ControlPlaneOptions; values?: Values;
}): () => Values {
  const { revision, revisionTags, controlPlane = {}, values = {} } = props;
  const { replicas = Replicas.autoscaled(), rollout, priorityClassName, imageHub, distroless, imagePullSecrets, jsonLogs } = controlPlane;
  const cluster = MeshCluster.of(at);
  const selector: Labels = revision === undefined ? { istio: 'pilot' } : { 'app': 'istiod', 'istio.io/rev': revision };
  const pods = {
    ...placementValues(at, controlPlane, selector),
    ...replicas._values.istiod,
    rollingMaxSurge: rollout?.maxSurge?.value,
    rollingMaxUnavailable: rollout?.maxUnavailable?.value,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const global = {
    ...rootNamespace(at),
    hub: imageHub,
    imagePullSecrets,
    logAsJson: jsonLogs,
    priorityClassName,
    variant: distroless ? 'distroless' : undefined,
    multiCluster: { clusterName: cluster._name },
  };
  const render = () => {
    const settings = MeshSettings.of(at)?._istiodValues() ?? { meshConfig: meshConfig(at, cluster, {}) };
    const proxy = { ...settings.global?.proxy, clusterDomain: cluster.clusterDomain };
    // Under `pilot`, where the charts of every release read it.
    return withFurther({
      revision,
      revisionTags,
      meshConfig: settings.meshConfig,
      global: { ...settings.global, ...global, proxy },
      pilot: { ...pods, ...settings.pilot },
    }, values, at, 'values');
  };
  render();
  return render;
}

export function gatewayValues(at: IConstruct, name: string, options: IstioGatewayOptions, revision: string | undefined): Values {
  const { replicas = Replicas.autoscaled(), rollout, labels: podLabels, serviceAnnotations, terminationGracePeriod, values = {} } = options;
  const selector = labels(podLabels ?? { app: name, istio: name.replace(/^istio-/, '') }, at);
  Object.entries(serviceAnnotations ?? {}).forEach(([key, value]) => annotation(key, value, at));
  return withFurther({
    ...placementValues(at, options, selector),
    ...replicas._values.gateway,
    revision,
    labels: podLabels,
    podDisruptionBudget: { maxUnavailable: evictable(at, options.maxUnavailable, replicas) },
    priorityClassName: options.priorityClassName,
    service: { ...service(options), annotations: serviceAnnotations },
    strategy: rollout && { rollingUpdate: { maxSurge: rollout.maxSurge?.value, maxUnavailable: rollout.maxUnavailable?.value } },
    terminationGracePeriodSeconds: terminationGracePeriod && wholeSeconds(terminationGracePeriod, at),
  }, values, at, 'values');
}

/** Kubernetes lets no eviction pass that a budget of one pod would have to allow: nodes could not be drained. */
function evictable(at: IConstruct, maxUnavailable: number | undefined, replicas: Replicas): number | undefined {
  if (maxUnavailable !== undefined && replicas._least < 2) {
    throw new MeshError('IM1603', at, {
      problem: 'there may be one pod only, of which the chart makes no budget', got: `maxUnavailable: ${maxUnavailable}`, next: 'let there be two pods at least, or leave the budget out',
    });
  }
  if (maxUnavailable !== undefined && (!Number.isInteger(maxUnavailable) || maxUnavailable < 1)) {
    throw new MeshError('IM1603', at, { problem: 'maxUnavailable is no count of pods', got: maxUnavailable, allowed: 'a whole number, at least 1: with 0 no node could be drained' });
  }
  return replicas._least < 2 ? undefined : maxUnavailable ?? 1;
}

/** The chart replaces its list of ports by ours, so the one for health checks is written again. */
function service({ type, ports }: IstioGatewayOptions): Values {
  const status = { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 };
  const { ports: own, ...spec } = (type ?? MeshServiceType.loadBalancer())._toKube(ports ?? [MeshPort.http2(80), MeshPort.https(443)]);
  const listed = own!.map(port => ({ ...port, targetPort: port.targetPort!.value }));
  return { ...spec, ...(ports ? { ports: [status, ...listed] } : {}) };
}

function rootNamespace(at: IConstruct): Values {
  const { rootNamespace: namespace } = MeshCluster.of(at);
  return { istioNamespace: namespace };
}
