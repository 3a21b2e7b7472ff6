import { IConstruct } from 'constructs';
import { AppCheck } from './app-validation';
import { MeshError } from '../diagnostics/mesh-error';

/**
 * What the call returns. A refusal by a library underneath gets our code and the path of the construct.
 */
export function wrapErrors<T>(at: IConstruct, call: () => T): T {
  try {
    return call();
  } catch (e) {
    throw e instanceof MeshError ? e : new MeshError('IM0002', at, { problem: (e as Error).message.replace(/\.$/, '') });
  }
}

/** The errors of a call, as a validation reports them. */
export function collectErrors(at: IConstruct, call: () => unknown): string[] {
  try {
    wrapErrors(at, call);
    return [];
  } catch (e) {
    return [(e as Error).message];
  }
}

/** Adds a check to a construct. It returns problems, needs all constructs and changes none: cdk8s runs it at synthesis. */
export function checkAtSynthesis(construct: IConstruct, problems: () => string[]): void {
  new ReportingCheck(construct, problems);
}

/** Adds a check that throws its error. */
export function refuseAtSynthesis(construct: IConstruct, check: () => unknown): void {
  new RefusingCheck(construct, check);
}

class ReportingCheck extends AppCheck {
  public constructor(construct: IConstruct, private readonly report: () => string[]) {
    super(construct);
  }

  protected problems(): string[] {
    return this.report();
  }
}

class RefusingCheck extends AppCheck {
  public constructor(construct: IConstruct, private readonly check: () => unknown) {
    super(construct);
  }

  protected problems(): string[] {
    return collectErrors(this.construct, this.check);
  }
}
