import { ApiObject, Duration, Lazy } from 'cdk8s';
import { IPodSelector, k8s, LabelSelector, Pod, PodManagementPolicy, PodSelectorConfig, Workload, WorkloadProps } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ClaimRetention, ClaimRetentionPolicy, claimTemplates, mounted, VolumeClaims } from './volume-claim';
import { collectErrors } from '../../kernel/collect-errors';
import { owned } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { spreadOver } from '../pods/pod-parts';
import { place, placementFields, PodPlacement } from '../pods/pod-placement';
import { confined } from '../pods/restricted';

/** What a `StatefulWorkload` is made from. */
export interface StatefulWorkloadProps extends WorkloadProps {
  /** The labels that select the pods. */
  readonly selector: Labels;
  readonly headlessName: string;
  readonly replicas: number;
  readonly firstOrdinal: number;
  readonly podManagementPolicy: PodManagementPolicy;
  readonly update: k8s.StatefulSetUpdateStrategy;
  readonly minReady?: Duration;
  readonly claims: VolumeClaims;
  readonly claimRetention?: ClaimRetention;
  /** The keys of the nodes' labels over whose values to spread the pods. */
  readonly spreadOver: string[];
  readonly placement: PodPlacement;
}

/**
 * A StatefulSet whose pods carry, and are selected by, names alone. That of cdk8s-plus selects by a digest of the construct's path,
 * makes a Service whose ports Istio cannot read, and orders objects by dependencies.
 */
export class StatefulWorkload extends Workload implements IPodSelector {
  public readonly resourceType = 'statefulsets';

  protected readonly apiObject: ApiObject;

  public constructor(scope: Construct, id: string, private readonly own: StatefulWorkloadProps) {
    super(scope, id, { ...own, select: false });
    this.apiObject = new k8s.KubeStatefulSet(this, owned(this, 'Resource'), {
      metadata: own.metadata,
      spec: Lazy.any({ produce: () => this._toKube() }),
    });
    this.select(LabelSelector.of({ labels: { ...own.selector } }));
    place(this, own.placement);
    // The containers are the user's to change until synthesis.
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
  public _toKube(): k8s.StatefulSetSpec {
    const { own } = this;
    const { [Pod.ADDRESS_LABEL]: _, ...labels } = (this.podMetadata.toJson()?.labels ?? {}) as Labels;
    const { whenDeleted, whenScaled } = own.claimRetention ?? {};
    const pod = confined(this._toPodSpec());
    const only = this.containers[0].name;
    return {
      serviceName: own.headlessName,
      replicas: own.replicas,
      ordinals: own.firstOrdinal === 0 ? undefined : { start: own.firstOrdinal },
      podManagementPolicy: own.podManagementPolicy,
      updateStrategy: own.update,
      minReadySeconds: own.minReady?.toSeconds(),
      persistentVolumeClaimRetentionPolicy: own.claimRetention && {
        whenDeleted: whenDeleted ?? ClaimRetentionPolicy.RETAIN, whenScaled: whenScaled ?? ClaimRetentionPolicy.RETAIN,
      },
      selector: this._toLabelSelector(),
      template: {
        metadata: { ...this.podMetadata.toJson(), labels },
        spec: {
          ...pod,
          ...placementFields(own.placement),
          containers: mounted(pod.containers, own.claims, only, this),
          initContainers: pod.initContainers && mounted(pod.initContainers, own.claims, only, this),
          topologySpreadConstraints: own.spreadOver.length === 0 ? undefined : own.spreadOver.map(key => spreadOver(key, own.selector)),
        },
      },
      volumeClaimTemplates: claimTemplates(own.claims),
    };
  }
}
