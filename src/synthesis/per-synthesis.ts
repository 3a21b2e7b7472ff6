type Question = (subject: never) => unknown;

/** Answers that are kept for some time. */
export class Answers {
  private readonly byQuestion = new Map<Question, Map<unknown, unknown>>();

  /** @param isOwn whether our own synthesis keeps them, and not a validation by cdk8s */
  public constructor(public readonly isOwn = true) {}

  /** Forgets all answers, after a change of a construct. */
  public clear(): void {
    this.byQuestion.clear();
  }

  public to(question: Question): Map<unknown, unknown> {
    let answers = this.byQuestion.get(question);
    if (!answers) {
      answers = new Map();
      this.byQuestion.set(question, answers);
    }
    return answers;
  }
}

/** The answers that are kept now. They are those of one synchronous call, so they are no state of an App. */
let kept: Answers | undefined;

/**
 * Calls a function that changes no construct. Functions made by `perSynthesis` keep their answers until it returns, and no longer: between two calls,
 * constructs can be added and changed.
 *
 * @param answers those of earlier calls, if nothing changes in between
 */
export function keepAnswers<T>(call: (answers: Answers) => T, answers = new Answers()): T {
  const outer = kept;
  kept = answers;
  try {
    return call(answers);
  } finally {
    kept = outer;
  }
}

/** Calls a function that may change constructs. No answers are kept before it returns. */
export function keepNoAnswers<T>(call: () => T): T {
  const outer = kept;
  kept = undefined;
  try {
    return call();
  } finally {
    kept = outer;
  }
}

/** Whether answers are kept now. */
export function keepsAnswers(): boolean {
  return kept !== undefined;
}

/** Whether our own synthesis runs now. */
export function isOwnSynthesis(): boolean {
  return kept?.isOwn ?? false;
}

/** A function whose answers are kept. */
export interface Kept<S, T> {
  (subject: S): T;
  /** The answer for its last reader: it is not kept any longer. The manifests of a large App take much memory. */
  last(subject: S): T;
}

/**
 * The same function, which derives each answer once while answers are kept, and every time otherwise. Its answers depend on other constructs. Do
 * not change an answer, because others get the same.
 */
export function perSynthesis<S, T>(derive: (subject: S) => T): Kept<S, T> {
  const ask = (subject: S): T => {
    if (kept === undefined) {
      return derive(subject);
    }
    const answers = kept.to(derive);
    let answer = answers.get(subject) as T | undefined;
    if (answer === undefined && !answers.has(subject)) {
      answer = derive(subject);
      answers.set(subject, answer);
    }
    return answer as T;
  };
  const last = (subject: S): T => {
    const answers = kept?.to(derive);
    const answer = answers?.get(subject) as T | undefined;
    return answers?.delete(subject) ? answer as T : derive(subject);
  };
  return Object.assign(ask, { last });
}
