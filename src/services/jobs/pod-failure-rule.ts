import { k8s } from 'cdk8s-plus-28';
import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';
import { isQualifiedName } from '../../values/labels';
import { dnsLabel } from '../../values/names';

/** The action on a job when the failure of a pod matches a rule. */
export enum PodFailureAction {
  /** The job fails at once, and its other pods are terminated. */
  FAIL_JOB = 'FailJob',
  /** The index of the pod fails at once, and other indexes continue. Needs `backoffLimitPerIndex`. */
  FAIL_INDEX = 'FailIndex',
  /** The pod is replaced, and the failure does not count towards `backoffLimit`. */
  IGNORE = 'Ignore',
  /** The failure counts towards `backoffLimit`, as it does without a rule. */
  COUNT = 'Count',
}

/** The condition of a rule on exit codes. */
interface ExitCodes {
  readonly operator: 'In' | 'NotIn';
  readonly values: number[];
  readonly container?: string;
}

/**
 * A rule of a pod failure policy: an action for one kind of failure.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
export class PodFailureRule {
  /**
   * Matches a container that exited with one of these codes.
   *
   * @param action the action on the job
   * @param codes exit codes, from 1 to 255
   * @param container the name of the container; the only container of the job by default
   */
  public static onExitCodes(action: PodFailureAction, codes: number[], container?: string): PodFailureRule {
    return PodFailureRule.ofCodes('onExitCodes', action, { operator: 'In', values: codes, container });
  }

  /**
   * Matches a container that exited with any other code than these and 0.
   *
   * @param action the action on the job
   * @param codes exit codes, from 0 to 255
   * @param container the name of the container; the only container of the job by default
   */
  public static onOtherExitCodes(action: PodFailureAction, codes: number[], container?: string): PodFailureRule {
    return PodFailureRule.ofCodes('onOtherExitCodes', action, { operator: 'NotIn', values: codes, container });
  }

  /**
   * Matches a pod that has a condition with the status `True`. `DisruptionTarget` means that the cluster terminated the pod: for example because a node
   * was drained, or a pod of higher priority needed the node.
   *
   * @param action the action on the job
   * @param condition the type of the condition
   */
  public static onPodCondition(action: PodFailureAction, condition: string): PodFailureRule {
    const at = `PodFailureRule.onPodCondition(${show(condition)})`;
    checkAction(action, at);
    if (!isQualifiedName(condition)) {
      throw new MeshError('IM1706', at, { problem: 'the type of the condition is invalid', got: condition, allowed: 'a word such as DisruptionTarget' });
    }
    return new PodFailureRule(action, undefined, condition);
  }

  private static ofCodes(factory: string, action: PodFailureAction, codes: ExitCodes): PodFailureRule {
    const at = `PodFailureRule.${factory}()`;
    checkAction(action, at);
    const { operator, values, container } = codes;
    const least = operator === 'In' ? 1 : 0;
    const fits = Array.isArray(values) && values.length > 0
      && Array.from(values).every(code => Number.isInteger(code) && code >= least && code <= 255);
    if (!fits || new Set(values).size !== values.length) {
      throw new MeshError('IM1706', at, { problem: 'the exit codes are invalid', got: values, allowed: `different whole numbers from ${least} to 255` });
    }
    if (container !== undefined) {
      dnsLabel(container, at, 'the name of the container');
    }
    return new PodFailureRule(action, { ...codes, values: [...values].sort((a, b) => a - b) }, undefined);
  }

  private constructor(private readonly action: PodFailureAction, private readonly codes?: ExitCodes, private readonly condition?: string) {}

  /**
   * The name of the container in the rule, if it has one.
   *
   * @internal
   */
  public get _container(): string | undefined {
    return this.codes?.container;
  }

  /** @internal */
  public get _action(): PodFailureAction {
    return this.action;
  }

  /**
   * @param only the only container of the job; without a name, the exit code of its proxy would count too
   * @internal
   */
  public _render(only?: string): k8s.PodFailurePolicyRule {
    const { action, codes, condition } = this;
    return {
      action,
      onExitCodes: codes && { containerName: codes.container ?? only, operator: codes.operator, values: codes.values },
      // The class of cdk8s-plus requires the list, but Kubernetes accepts one of the two.
      onPodConditions: (condition === undefined ? undefined : [{ type: condition, status: 'True' }]) as k8s.PodFailurePolicyOnPodConditionsPattern[],
    };
  }
}

function checkAction(action: PodFailureAction, at: string): void {
  if (!Object.values(PodFailureAction).includes(action)) {
    throw new MeshError('IM0001', at, {
      problem: 'the action is of the wrong type', got: action, allowed: Object.keys(PodFailureAction).map(name => `PodFailureAction.${name}`).join(', '),
    });
  }
}
