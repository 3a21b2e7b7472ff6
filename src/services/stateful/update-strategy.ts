import { k8s, StatefulSetUpdateStrategy } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';

/** The update strategy of a StatefulSet. A partition of 0 has no effect, so it is not written. */
export function updateOf(strategy: StatefulSetUpdateStrategy | undefined, at: Construct): k8s.StatefulSetUpdateStrategy {
  const { type, rollingUpdate } = (strategy ?? StatefulSetUpdateStrategy.rollingUpdate())._toKube();
  const partition = rollingUpdate?.partition ?? 0;
  if (!Number.isInteger(partition) || partition < 0) {
    throw new MeshError('IM1108', at, { problem: 'the partition of the update is not an ordinal', got: partition, allowed: 'a whole number, at least 0' });
  }
  return { type, rollingUpdate: partition === 0 ? undefined : { partition } };
}
