/** What the options of a placement do to pods, whatever runs them: each proof is given what makes the spec of one. */
import { Node, NodeLabelQuery, NodeTaintQuery } from 'cdk8s-plus-28';
import { KubeObject, refusal } from '../../helpers/build';
import { PodPlacement } from 'cdk8s-istio';

/** Makes pods of this placement, and gives their spec. */
export type MakePod = (placement: PodPlacement) => KubeObject['spec'];

const batch = Node.labeled(NodeLabelQuery.is('pool', 'batch'));
const term = { matchExpressions: [{ key: 'pool', operator: 'In', values: ['batch'] }] };

function name(make: MakePod, field: 'priorityClassName' | 'schedulerName' | 'runtimeClassName'): void {
  expect(make({})).not.toHaveProperty(field);
  expect(make({ [field]: 'its.name' })[field]).toBe('its.name');
  expect(refusal(() => make({ [field]: 'two words' }))).toMatchObject({ code: 'IM0106', message: expect.stringContaining('got      \'two words\'') });
}

export const placements: { readonly [option in keyof Required<PodPlacement>]: (make: MakePod) => void } = {
  nodes: make => {
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
    expect(make({ nodes: batch }).affinity).toEqual({ nodeAffinity });
  },
  preferredNodes: make => {
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: term }] };
    expect(make({ preferredNodes: batch }).affinity).toEqual({ nodeAffinity });
    expect(make({})).not.toHaveProperty('affinity');
  },
  tolerations: make => {
    expect(make({ tolerations: [Node.tainted(NodeTaintQuery.exists('spot'))] }).tolerations).toEqual([{ key: 'spot', operator: 'Exists' }]);
    expect(make({})).not.toHaveProperty('tolerations');
  },
  priorityClassName: make => name(make, 'priorityClassName'),
  schedulerName: make => name(make, 'schedulerName'),
  runtimeClassName: make => name(make, 'runtimeClassName'),
};
