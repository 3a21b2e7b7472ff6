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
  constructor(scope: Construct, id: string, props: MeshJobProps) {
    const { suspend } = validateProps('MeshJobProps', props, pathAt(scope, id));
    super(scope, id, props, () => ({ suspend, longestName: LONGEST_NAME }));
  }
}
