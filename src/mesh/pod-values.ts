import { LabeledNode, TaintedNode } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { IstioAutoscaling, IstioPodOptions, PodSpread } from './istio-pod-options';
import { resourceValues } from './resources';
import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { HOST, spreadOver, ZONE } from '../services/pods/pod-parts';
import { checkScaling } from '../services/pods/scaling';
import { annotation, Labels } from '../values/labels';
import { isDnsName } from '../values/names';

/** Values that have the same names in the charts of istiod and of gateways. */
export function podValues(at: Construct, options: IstioPodOptions, selector: Labels): Values {
  const { nodes, preferredNodes, tolerations = [], resources, podAnnotations, priorityClassName } = options;
  checkScaling(at, options, { replicas: 1, minReplicas: 2 });
  Object.entries(podAnnotations ?? {}).forEach(([key, value]) => annotation(key, value, at));
  if (priorityClassName !== undefined && !isDnsName(priorityClassName)) {
    throw new MeshError('IM0106', at, { problem: 'the priority class has no DNS name', got: priorityClassName });
  }
  return {
    affinity: nodes || preferredNodes ? { nodeAffinity: nodeAffinity(nodes, preferredNodes) } : undefined,
    podAnnotations,
    resources: resources && resourceValues(resources),
    tolerations: tolerations.length === 0 ? undefined : tolerations.flatMap(borne),
    topologySpreadConstraints: spread(options.spread ?? PodSpread.PREFERRED, selector),
  };
}

/** The autoscaler's numbers; nothing for a number of pods that is fixed. */
export function autoscaling(at: Construct, { replicas, autoscaling: range }: IstioPodOptions): IstioAutoscaling | undefined {
  if (replicas !== undefined) {
    return undefined;
  }
  const { minReplicas = 2, maxReplicas, targetCpu = 80, targetMemory } = range ?? { maxReplicas: 5 };
  percent(at, 'targetCpu', targetCpu);
  percent(at, 'targetMemory', targetMemory);
  return { minReplicas, maxReplicas, targetCpu, targetMemory };
}

/** The lowest number of pods that there may be. */
export function leastPods({ replicas, autoscaling: range }: IstioPodOptions): number {
  return replicas ?? range?.minReplicas ?? 2;
}

/** What a rolling update may add and miss at once. */
export function rollingUpdate(at: Construct, { strategy }: IstioPodOptions): { maxSurge: unknown; maxUnavailable: unknown } | undefined {
  const rendered = strategy?._toKube();
  if (rendered && rendered.type !== 'RollingUpdate') {
    throw new MeshError('IM1610', at, {
      problem: 'all pods would end before the first new one starts', got: rendered.type, allowed: 'DeploymentStrategy.rollingUpdate({ … })', next: 'replace the pods one after the other',
    });
  }
  return rendered && { maxSurge: rendered.rollingUpdate?.maxSurge?.value, maxUnavailable: rendered.rollingUpdate?.maxUnavailable?.value };
}

function borne({ taintSelector }: TaintedNode): Values[] {
  return taintSelector.map(taint => ({ ...taint._toKube() }));
}

function nodeAffinity(nodes: LabeledNode | undefined, preferred: LabeledNode | undefined): Values {
  const term = ({ labelSelector }: LabeledNode) => ({ matchExpressions: labelSelector.map(query => ({ ...query._toKube() })) });
  return {
    requiredDuringSchedulingIgnoredDuringExecution: nodes && { nodeSelectorTerms: [term(nodes)] },
    preferredDuringSchedulingIgnoredDuringExecution: preferred && [{ weight: 100, preference: term(preferred) }],
  };
}

/** By revision of the pod template: during a rollout the old pods, which go, do not count. */
function spread(how: PodSpread, selector: Labels): Values[] | undefined {
  return how === PodSpread.NONE ? undefined : [ZONE, HOST].map(key => ({
    ...spreadOver(key, selector),
    ...(how === PodSpread.REQUIRED ? { whenUnsatisfiable: 'DoNotSchedule' } : {}),
    matchLabelKeys: ['pod-template-hash'],
  }));
}

function percent(at: Construct, what: string, number: number | undefined): void {
  if (number !== undefined && (!Number.isInteger(number) || number < 1)) {
    throw new MeshError('IM1603', at, { problem: `autoscaling.${what} is no percentage of the request`, got: number, allowed: 'a whole number, at least 1' });
  }
}
