import { Construct } from 'constructs';
import { MeshJobBase } from './job-base';
import { JobOptions } from './job-options';
import { validateProps } from '../../diagnostics/validate-props';
import { pathAt } from '../../kernel/unique-id';

/** Kubernetes makes a label of the name. */
const LONGEST_NAME = 63;

/** Properties of a `MeshJob`. */
export interface MeshJobProps extends JobOptions {
  /**
   * Whether the job waits until somebody sets this to `false`.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * A job of the mesh that is run once, and ends: a Job, its identity, and a proxy that does not outlive it.
 *
 * Its template is fixed in the cluster: a job that changes is deleted and made anew, or gets another name.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class MeshJob extends MeshJobBase {
  /**
   * @throws IM0106, IM0107, IM0110 on invalid names, labels and annotations, IM1103 and IM1106 on invalid containers,
   * IM1110 on labels that are the library's, IM1701 on a native sidecar that the releases do not have, IM1702 without a sidecar towards
   * services that insist on mutual TLS, IM1703 on a proxy that would quit at the wrong time, IM1705 on a sidecar that the namespace does
   * not give, IM1706 on invalid rules for failures, IM1707 on invalid counts and times, IM1708 on a name too long, IM1710
   * on what the release of Kubernetes does not have, IM1711 on indexes that cannot succeed or fail so, IM1001 without a namespace,
   * IM1007 on an id that is taken, IM0002 on what cdk8s-plus refuses; at synthesis IM1701 where the settings of the mesh do not give
   * such a sidecar, IM1709 on the name of a service or of another job, IM1713 on a ServiceAccount that comes after the job,
   * IM1715 on objects of another namespace, IM1860 on labels and annotations that undo what constructs declare
   */
  constructor(scope: Construct, id: string, props: MeshJobProps) {
    const { suspend } = validateProps('MeshJobProps', props, pathAt(scope, id));
    super(scope, id, props, () => ({ suspend, longestName: LONGEST_NAME }));
  }
}
