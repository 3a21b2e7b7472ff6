import { Construct } from 'constructs';
import { MeshJobBase } from './job-base';
import { JobOptions } from './job-options';
import { validateProps } from '../../diagnostics/validate-props';
import { pathAt } from '../../kernel/unique-id';

/** Kubernetes uses the name as a label. */
const LONGEST_NAME = 63;

/** Properties of a `MeshJob`. */
export interface MeshJobProps extends JobOptions {
  /**
   * Whether the job is suspended until this is set to `false`.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * A job of the mesh that runs once: a Job, its ServiceAccount, and a sidecar that terminates with it.
 *
 * The pod template of a Job is immutable in the cluster: to change it, delete the job and create it again, or use another name.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class MeshJob extends MeshJobBase {
  constructor(scope: Construct, id: string, props: MeshJobProps) {
    const { suspend } = validateProps('MeshJobProps', props, pathAt(scope, id));
    super(scope, id, props, () => ({ suspend, longestName: LONGEST_NAME }));
  }
}
