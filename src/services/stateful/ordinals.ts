import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { Labels } from '../../values/labels';
import { serviceName } from '../../values/names';

/** The pods of a StatefulSet. */
export interface Ordinals {
  /** The name of the StatefulSet. */
  readonly statefulSet: string;
  readonly first: number;
  readonly count: number;
}

/** The label with the pod's name. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name';

/** The controller appends a dash and ten characters to the name, and uses it as a label. The longest ordinal has the same length. */
const LONGEST_NAME = 63 - 11;

/** The maximum number of pods. Each pod has separate entries, so a mistaken count would make synthesis very slow. */
export const MOST_PODS = 10_000;
/** Kubernetes stores ordinals in 32 bits. */
export const LAST_ORDINAL = 2 ** 31 - 1;

/** The labels of each pod, by its name. */
export function podLabelsByName({ statefulSet, first, count }: Ordinals): { [pod: string]: Labels } {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => `${statefulSet}-${first + i}`).map(name => [name, { [POD_NAME]: name }]));
}

/** The ordinals of a StatefulSet. Invalid ordinals and pod names are refused. */
export function checkedOrdinals(ordinals: Ordinals, at: Located): Ordinals {
  const { statefulSet, first, count } = ordinals;
  if (!Number.isInteger(count) || count < 1 || count > MOST_PODS) {
    throw new MeshError('IM1108', at, { problem: 'the number of replicas is invalid', got: count, allowed: `a whole number from 1 to ${MOST_PODS}` });
  }
  if (!Number.isInteger(first) || first < 0 || first + count - 1 > LAST_ORDINAL) {
    throw new MeshError('IM1108', at, { problem: 'the first ordinal is invalid', got: first, allowed: `a whole number, at least 0; the last one at most ${LAST_ORDINAL}` });
  }
  serviceName(statefulSet, at);
  if (statefulSet.length > LONGEST_NAME) {
    throw new MeshError('IM1123', at, {
      problem: 'the name leaves no room for the digest that the controller adds to it, or for the ordinal of a pod',
      got: statefulSet,
      allowed: `at most ${LONGEST_NAME} characters`,
    });
  }
  return ordinals;
}
