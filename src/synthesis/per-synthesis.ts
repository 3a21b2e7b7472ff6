type Question = (subject: never) => unknown;

/** A call during which answers are kept, with the answers. */
class Phase {
  private readonly answers = new Map<Question, Map<unknown, unknown>>();

  public answersTo(question: Question): Map<unknown, unknown> {
    let answers = this.answers.get(question);
    if (!answers) {
      answers = new Map();
      this.answers.set(question, answers);
    }
    return answers;
  }
}

/** The phase that runs now. It lasts as long as one synchronous call, so it is no state of an App. */
let running: Phase | undefined;

/**
 * Calls a function that changes no construct. Functions made by `perSynthesis` keep their answers until it returns, and no longer: between two calls,
 * constructs can be added and changed.
 */
export function keepAnswers<T>(call: () => T): T {
  const outer = running;
  running = new Phase();
  try {
    return call();
  } finally {
    running = outer;
  }
}

/** Whether answers are kept now. */
export function keepsAnswers(): boolean {
  return running !== undefined;
}

/**
 * The same function, which derives each answer once while answers are kept, and every time otherwise. Its answers depend on other constructs. Do
 * not change an answer, because others get the same.
 */
export function perSynthesis<S, T>(derive: (subject: S) => T): (subject: S) => T {
  return subject => {
    if (running === undefined) {
      return derive(subject);
    }
    const answers = running.answersTo(derive);
    let answer = answers.get(subject) as T | undefined;
    if (answer === undefined && !answers.has(subject)) {
      answer = derive(subject);
      answers.set(subject, answer);
    }
    return answer as T;
  };
}
