import { ContainerResources, PercentOrAbsolute } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Replicas } from './replicas';
import { resourceValues } from './resources';
import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { spreadOver, ZONE } from '../services/pod-parts';
import { annotation, isLabelValue, label, labels, Labels } from '../values/labels';

/** Whether pods are spread over zones and nodes. */
export enum PodSpread {
  /** Zones and nodes with fewer pods come first; no pod stays pending for it. */
  PREFERRED = 'PREFERRED',
  /** No zone and no node has two pods more than another: pods stay pending rather than crowd. */
  REQUIRED = 'REQUIRED',
  /** The scheduler does as it likes. */
  NONE = 'NONE',
}

/** What a taint does to pods that do not tolerate it. */
export enum TolerationEffect {
  /** No new pods. */
  NO_SCHEDULE = 'NO_SCHEDULE',
  /** New pods only where there is no other node. */
  PREFER_NO_SCHEDULE = 'PREFER_NO_SCHEDULE',
  /** No pods: those that run are evicted. */
  NO_EXECUTE = 'NO_EXECUTE',
}

/**
 * A taint of nodes that pods bear.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export interface PodToleration {
  /** The key of the taint: it has the syntax of a label's (IM0107). */
  readonly key: string;

  /**
   * The value of the taint.
   *
   * @default - any value
   */
  readonly value?: string;

  /**
   * What the taint does.
   *
   * @default - any effect
   */
  readonly effect?: TolerationEffect;
}

/** How many pods a rolling update may add and miss at once. */
export interface RolloutLimits {
  /**
   * The pods above their number.
   *
   * @default - the chart's own: as many again for istiod, a quarter for gateways
   */
  readonly maxSurge?: PercentOrAbsolute;

  /**
   * The pods below their number.
   *
   * @default - a quarter, rounded down
   */
  readonly maxUnavailable?: PercentOrAbsolute;
}

/** How many pods of istiod or of a gateway there are, and where they run. */
export interface PodPlacement {
  /**
   * How many pods there are.
   *
   * @default - Replicas.autoscaled(), from 2 to 5 pods
   */
  readonly replicas?: Replicas;

  /**
   * Whether the pods are spread over zones and nodes.
   *
   * @default PodSpread.PREFERRED
   */
  readonly spread?: PodSpread;

  /**
   * The zones in which the pods may run, by the value of the label `topology.kubernetes.io/zone` of nodes.
   *
   * @default - all
   */
  readonly zones?: string[];

  /**
   * Labels of the nodes on which the pods may run.
   *
   * @default - any
   */
  readonly nodeSelector?: { [key: string]: string };

  /**
   * Taints of nodes that the pods bear.
   *
   * @default - none; istiod bears that of nodes whose CNI is not ready
   */
  readonly tolerations?: PodToleration[];

  /**
   * Requests and limits.
   *
   * @default - the chart's own: 500m CPU and 2 GiB requested for istiod; 100m CPU and 128 MiB for gateways, 2 CPUs and 1 GiB at most
   */
  readonly resources?: ContainerResources;

  /**
   * The PriorityClass of the pods: pods of lower priority make room for them.
   *
   * @default - the cluster's default
   */
  readonly priorityClassName?: string;

  /**
   * How many pods a rolling update may add and miss at once.
   *
   * @default - the chart's own
   */
  readonly rollout?: RolloutLimits;

  /**
   * Annotations of the pods, besides those of the chart.
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };
}

/** Values that have the same names in the charts of istiod and of gateways. */
export function placementValues(at: IConstruct, options: PodPlacement, selector: Labels): Values {
  const { zones, nodeSelector, tolerations = [], resources, podAnnotations, priorityClassName } = options;
  labels(nodeSelector ?? {}, at);
  Object.entries(podAnnotations ?? {}).forEach(([key, value]) => annotation(key, value, at));
  tolerations.forEach(({ key, value }) => label(key, value ?? '', at));
  zones?.forEach(zone => label(ZONE, zone, at));
  if (zones && (zones.length === 0 || zones.includes(''))) {
    throw new MeshError('IM1610', at, { problem: 'the pods may run in no zone', got: zones, next: 'name a zone, or leave `zones` out' });
  }
  if (priorityClassName !== undefined && (priorityClassName === '' || !isLabelValue(priorityClassName))) {
    throw new MeshError('IM0107', at, { problem: 'the PriorityClass has the wrong form', got: priorityClassName, allowed: 'the name of a PriorityClass' });
  }
  return {
    affinity: zones && zoneAffinity(zones),
    nodeSelector,
    podAnnotations,
    resources: resources && resourceValues(resources),
    tolerations: tolerations.length === 0 ? undefined : tolerations.map(toleration),
    topologySpreadConstraints: spread(options.spread ?? PodSpread.PREFERRED, selector),
  };
}

function zoneAffinity(zones: string[]): Values {
  const inZones = { matchExpressions: [{ key: ZONE, operator: 'In', values: [...zones].sort() }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [inZones] } } };
}

function toleration({ key, value, effect }: PodToleration): Values {
  return {
    key,
    operator: value === undefined ? 'Exists' : 'Equal',
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect: EFFECTS[effect] }),
  };
}

const EFFECTS = {
  [TolerationEffect.NO_SCHEDULE]: 'NoSchedule',
  [TolerationEffect.PREFER_NO_SCHEDULE]: 'PreferNoSchedule',
  [TolerationEffect.NO_EXECUTE]: 'NoExecute',
};

/** By revision of the pod template: during a rollout the old pods, which go, do not count. */
function spread(how: PodSpread, selector: Labels): Values[] | undefined {
  return how === PodSpread.NONE ? undefined : [ZONE, 'kubernetes.io/hostname'].map(key => ({
    ...spreadOver(key, selector),
    ...(how === PodSpread.REQUIRED ? { whenUnsatisfiable: 'DoNotSchedule' } : {}),
    matchLabelKeys: ['pod-template-hash'],
  }));
}
