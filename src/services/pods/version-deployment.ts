import { Deployment, DeploymentProps, IPodSelector, k8s, PodSelectorConfig } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { podSelectorConfig, podTemplate, SelectedPods, selectPods } from './selected-pods';
import { adopt } from '../../kernel/owned-objects';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { extended } from '../../values/extended';

/** Properties of a `VersionDeployment`, which selects its pods itself. */
export interface VersionDeploymentProps extends DeploymentProps {
  readonly select: false;
}

/** A Deployment of cdk8s-plus whose pods are labelled and selected by names only. */
export class VersionDeployment extends Deployment implements IPodSelector {
  private static readonly specOf = perSynthesis((deployment: VersionDeployment) => deployment.render());

  public constructor(scope: Construct, id: string, props: VersionDeploymentProps, private readonly selected: SelectedPods) {
    super(scope, id, props);
    adopt(this);
    selectPods(this, selected);
  }

  public toPodSelectorConfig(): PodSelectorConfig {
    return podSelectorConfig(this, this.selected);
  }

  /** @internal */
  public _toKube(): k8s.DeploymentSpec {
    return VersionDeployment.specOf(this);
  }

  private render(): k8s.DeploymentSpec {
    const spec = super._toKube();
    return extended(spec, { template: podTemplate(spec.template.metadata, spec.template.spec!, this.selected) });
  }
}
