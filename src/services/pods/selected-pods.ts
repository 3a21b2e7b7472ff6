import { k8s, LabelSelector, Pod, PodSelectorConfig, Workload } from 'cdk8s-plus-28';
import { spreadOver } from './pod-parts';
import { place, placementFields, PodPlacement } from './pod-placement';
import { confined } from './restricted';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { renderFaster } from '../../synthesis/rendered-metadata';
import { extended } from '../../values/extended';
import { Labels } from '../../values/labels';

/** The selection, placement and spreading of pods. */
export interface SelectedPods {
  /** The labels that select the pods. */
  readonly selector: Labels;
  /** The topology keys over which to spread the pods. */
  readonly spreadOver: string[];
  readonly placement: PodPlacement;
}

/** A workload that renders its own specification, once in a synthesis. */
export interface RenderedWorkload extends Workload {
  _toKube(): { readonly template: { readonly spec?: k8s.PodSpec } };
}


/**
 * Selects the pods of a workload by names, and places them. cdk8s-plus labels pods with a digest of the construct's path: a renamed chart would restart
 * every pod, and change an immutable selector.
 */
export function selectPods(workload: RenderedWorkload, { selector, placement }: SelectedPods): void {
  workload.select(LabelSelector.of({ labels: { ...selector } }));
  place(workload, placement);
  renderFaster(workload.podMetadata);
  // Users can change its containers until synthesis.
  refuseAtSynthesis(workload, () => workload._toKube());
}

/** The selector of a workload's pods in NetworkPolicies and affinities. */
export function podSelectorConfig({ metadata }: Workload, { selector }: SelectedPods): PodSelectorConfig {
  return { labelSelector: LabelSelector.of({ labels: { ...selector } }), namespaces: { names: [metadata.namespace!] } };
}

/** The template of the pods, without the label that is a digest of the construct's path. */
export function podTemplate(metadata: k8s.ObjectMeta | undefined, pod: k8s.PodSpec, selected: SelectedPods): k8s.PodTemplateSpec {
  const { [Pod.ADDRESS_LABEL]: _, ...labels } = metadata?.labels ?? {};
  const spread = selected.spreadOver.map(key => spreadOver(key, selected.selector));
  return {
    metadata: extended(metadata ?? {}, { labels }),
    spec: Object.assign(confined(pod), placementFields(selected.placement), { topologySpreadConstraints: spread.length > 0 ? spread : undefined }),
  };
}
