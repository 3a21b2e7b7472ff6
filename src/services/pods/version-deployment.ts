import { Deployment, DeploymentProps, IPodSelector, k8s, LabelSelector, Pod, PodSelectorConfig } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { spreadOver } from './pod-parts';
import { place, placementFields, PodPlacement } from './pod-placement';
import { confined } from './restricted';
import { collectErrors } from '../../kernel/collect-errors';
import { adopt } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';

/** What a `VersionDeployment` is made from. */
export interface VersionDeploymentProps extends DeploymentProps {
  /** The labels that select the pods. */
  readonly selector: Labels;
  /** The labels of nodes over whose values to spread the pods. */
  readonly spreadOver: string[];
  readonly placement: PodPlacement;
}

/**
 * A Deployment of cdk8s-plus whose pods carry, and are selected by, names alone.
 *
 * cdk8s-plus labels pods with a digest of the construct's path: renaming a chart would restart every pod, and change
 * a selector that the cluster does not let change.
 */
export class VersionDeployment extends Deployment implements IPodSelector {
  public constructor(scope: Construct, id: string, private readonly own: VersionDeploymentProps) {
    super(scope, id, { ...own, select: false });
    adopt(this);
    this.select(LabelSelector.of({ labels: { ...own.selector } }));
    place(this, own.placement);
    this.node.addValidation({ validate: () => collectErrors(this, () => this._toKube()) });
  }

  /** What selects the pods in NetworkPolicies and affinities. */
  public toPodSelectorConfig(): PodSelectorConfig {
    return {
      labelSelector: LabelSelector.of({ labels: { ...this.own.selector } }),
      namespaces: { names: [this.metadata.namespace!] },
    };
  }

  /** @internal */
  public _toKube(): k8s.DeploymentSpec {
    const spec = super._toKube();
    const { [Pod.ADDRESS_LABEL]: _, ...labels } = spec.template.metadata?.labels ?? {};
    const spread = this.own.spreadOver.map(key => spreadOver(key, this.own.selector));
    return {
      ...spec,
      template: {
        metadata: { ...spec.template.metadata, labels },
        spec: {
          ...confined(spec.template.spec!), ...placementFields(this.own.placement), topologySpreadConstraints: spread.length > 0 ? spread : undefined,
        },
      },
    };
  }
}
