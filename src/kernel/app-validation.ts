import { IConstruct } from 'constructs';
import { appRegistryOf } from './registry-store';
import { rootOf } from './scopes';
import { Answers, keepAnswers, keepsAnswers } from '../synthesis/per-synthesis';
import { PureValidation } from '../synthesis/pure-validation';

class ValidationRegistry {
  /** The validation of the App by cdk8s. Written by `checkAtSynthesis`. Complete on first use. */
  public validation?: AppValidation;
}

/**
 * Keeps answers while cdk8s validates an App. A validation begins at the root, and each check takes part in it once. A check that runs by itself, or
 * again, derives its answers itself.
 */
export class AppValidation {
  /** The validation of the App of a construct. */
  public static of(construct: IConstruct): AppValidation {
    const registry = appRegistryOf(construct, ValidationRegistry);
    registry.validation ??= new AppValidation(rootOf(construct));
    return registry.validation;
  }

  /** The number of validations so far. */
  public round = 0;
  private checks = 0;
  private left = 0;
  private answers?: Answers;

  private constructor(app: IConstruct) {
    app.node.addValidation(new Beginning(() => this.begin()));
  }

  /** Counts a check. */
  public enter(): void {
    this.checks += 1;
  }

  /** The answers of the checks that ran before, unless all have run. */
  public join(): Answers | undefined {
    const { answers } = this;
    this.left -= 1;
    if (this.left <= 0) {
      this.answers = undefined;
    }
    return answers;
  }

  private begin(): string[] {
    this.round += 1;
    this.left = this.checks;
    this.answers = new Answers(false);
    return [];
  }
}

/** The validation of the root, which is the first. */
class Beginning extends PureValidation {
  public constructor(public readonly validate: () => string[]) {
    super();
  }
}

/** A check of one construct. There are thousands, so each is one small object. */
export abstract class AppCheck extends PureValidation {
  private readonly app: AppValidation;
  private last = 0;

  protected constructor(protected readonly construct: IConstruct) {
    super();
    this.app = AppValidation.of(construct);
    this.app.enter();
    construct.node.addValidation(this);
  }

  /** The problems of the construct, when all constructs exist. */
  protected abstract problems(): string[];

  public validate(): string[] {
    if (keepsAnswers()) {
      return this.problems(); // our own synthesis validates
    }
    const { round } = this.app;
    const answers = this.last === round ? undefined : this.app.join();
    this.last = round;
    return keepAnswers(() => this.problems(), answers ?? new Answers(false));
  }
}
