import { IConstruct, IValidation } from 'constructs';
import { appRegistryOf } from './registry-store';
import { rootOf } from './scopes';
import { constructsOf } from '../synthesis/app-tree';
import { Answers, keepAnswers, keepsAnswers } from '../synthesis/per-synthesis';
import { isPure, PureValidation, validationsOf } from '../synthesis/pure-validation';

class ValidationRegistry {
  /** The validation of the App by cdk8s. Written by `checkAtSynthesis`. Complete on first use. */
  public validation?: AppValidation;
}

/**
 * Keeps answers while cdk8s validates an App. A validation begins at the root, and each check takes part in it once. A check that runs by itself, or
 * again, derives its answers itself, and so do all checks after a validation of another library or of the user, which may change a construct.
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

  private constructor(private readonly app: IConstruct) {
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

  /** Runs a validation that may change a construct. */
  public runForeign(validation: IValidation): string[] {
    const isShared = this.answers !== undefined;
    this.answers = undefined; // also after an error, which ends the validation
    const problems = validation.validate();
    this.answers = isShared ? new Answers(false) : undefined;
    return problems;
  }

  private begin(): string[] {
    if (keepsAnswers()) {
      return []; // our own synthesis validates
    }
    this.round += 1;
    this.left = this.checks;
    const answers = new Answers(false);
    keepAnswers(() => constructsOf(this.app), answers).forEach(construct => this.watch(validationsOf(construct)));
    this.answers = answers;
    return [];
  }

  private watch(validations: IValidation[]): void {
    validations.forEach((validation, i) => {
      if (!isPure(validation) && !(validation instanceof ForeignValidation)) {
        validations[i] = new ForeignValidation(this, validation);
      }
    });
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
      return this.problems();
    }
    const { round } = this.app;
    const answers = this.last === round ? undefined : this.app.join();
    this.last = round;
    return keepAnswers(() => this.problems(), answers ?? new Answers(false));
  }
}

/** A validation of another library or of the user. */
class ForeignValidation implements IValidation {
  public constructor(private readonly app: AppValidation, private readonly validation: IValidation) {}

  public validate(): string[] {
    return this.app.runForeign(this.validation);
  }
}
