import { ApiObject, Duration, Lazy } from 'cdk8s';
import { IPodSelector, k8s, PodManagementPolicy, PodSelectorConfig, Workload, WorkloadProps } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ClaimRetention, ClaimRetentionPolicy, claimTemplates, mounted, VolumeClaims } from './volume-claim';
import { owned } from '../../kernel/owned-objects';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { podSelectorConfig, podTemplate, SelectedPods, selectPods } from '../pods/selected-pods';

/** Properties of a `StatefulWorkload`. */
export interface StatefulWorkloadProps extends WorkloadProps, SelectedPods {
  readonly headlessName: string;
  readonly replicas: number;
  readonly firstOrdinal: number;
  readonly podManagementPolicy: PodManagementPolicy;
  readonly update: k8s.StatefulSetUpdateStrategy;
  readonly minReady?: Duration;
  readonly claims: VolumeClaims;
  readonly claimRetention?: ClaimRetention;
}

/**
 * A StatefulSet whose pods are labelled and selected by names only. The class of cdk8s-plus selects by a digest of the construct's path, creates a Service
 * whose ports Istio cannot read, and orders objects by dependencies.
 */
export class StatefulWorkload extends Workload implements IPodSelector {
  private static readonly specOf = perSynthesis((workload: StatefulWorkload) => workload.render());

  public readonly resourceType = 'statefulsets';

  protected readonly apiObject: ApiObject;

  public constructor(scope: Construct, id: string, private readonly own: StatefulWorkloadProps) {
    super(scope, id, { ...own, select: false });
    this.apiObject = new k8s.KubeStatefulSet(this, owned(this, 'Resource'), {
      metadata: own.metadata,
      spec: Lazy.any({ produce: () => this._toKube() }),
    });
    selectPods(this, own);
  }

  public toPodSelectorConfig(): PodSelectorConfig {
    return podSelectorConfig(this, this.own);
  }

  /** @internal */
  public _toKube(): k8s.StatefulSetSpec {
    return StatefulWorkload.specOf(this);
  }

  private render(): k8s.StatefulSetSpec {
    const { own } = this;
    const { whenDeleted = ClaimRetentionPolicy.RETAIN, whenScaled = ClaimRetentionPolicy.RETAIN } = own.claimRetention ?? {};
    const pod = this._toPodSpec();
    const only = this.containers[0].name;
    const mounting = {
      ...pod,
      containers: mounted(pod.containers, own.claims, only, this),
      initContainers: pod.initContainers && mounted(pod.initContainers, own.claims, only, this),
    };
    return {
      serviceName: own.headlessName,
      replicas: own.replicas,
      ordinals: own.firstOrdinal === 0 ? undefined : { start: own.firstOrdinal },
      podManagementPolicy: own.podManagementPolicy,
      updateStrategy: own.update,
      minReadySeconds: own.minReady?.toSeconds(),
      persistentVolumeClaimRetentionPolicy: own.claimRetention && { whenDeleted, whenScaled },
      selector: this._toLabelSelector(),
      template: podTemplate(this.podMetadata.toJson(), mounting, own),
      volumeClaimTemplates: claimTemplates(own.claims),
    };
  }
}
