import { Deployment, DeploymentProps, IPodSelector, k8s, PodSelectorConfig } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { podSelectorConfig, podTemplate, SelectedPods, selectPods } from './selected-pods';
import { adopt } from '../../kernel/owned-objects';

/** Properties of a `VersionDeployment`. */
export interface VersionDeploymentProps extends DeploymentProps, SelectedPods {}

/** A Deployment of cdk8s-plus whose pods are labelled and selected by names only. */
export class VersionDeployment extends Deployment implements IPodSelector {
  public constructor(scope: Construct, id: string, private readonly own: VersionDeploymentProps) {
    super(scope, id, { ...own, select: false });
    adopt(this);
    selectPods(this, own);
  }

  public toPodSelectorConfig(): PodSelectorConfig {
    return podSelectorConfig(this, this.own);
  }

  /** @internal */
  public _toKube(): k8s.DeploymentSpec {
    const spec = super._toKube();
    return { ...spec, template: podTemplate(spec.template.metadata, spec.template.spec!, this.own) };
  }
}
