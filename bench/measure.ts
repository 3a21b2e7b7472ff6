/** What one run of a task took. */
export interface Taken {
  /** Milliseconds, bytes, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What the run wrote. */
  readonly text?: () => string;
}

/** A task to measure. */
export interface Work {
  readonly name: string;
  /** Tasks with one such key write the same text. */
  readonly writes?: string;
  /** The time that it needs until it runs as fast as it can. */
  readonly warmUp?: number;
  take(): Taken | Promise<Taken>;
}

/** The median and the quartiles of a figure over all rounds. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The figures of each task in each round, by the name of the task and of the figure. */
export type Rounds = Map<string, Record<string, number[]>>;

/**
 * Measures tasks. A round runs all tasks in turn, so that a slow moment of the machine affects all of them.
 * Each round starts with another task. Before the rounds, each task warms up, and the texts are compared.
 */
export async function measure(works: Work[], rounds: number): Promise<Rounds> {
  await warmUp(works);
  const taken: Rounds = new Map(works.map(({ name }) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    const first = round % works.length;
    for (const work of [...works.slice(first), ...works.slice(0, first)]) {
      const its = taken.get(work.name)!;
      for (const [figure, value] of Object.entries((await work.take()).figures)) {
        (its[figure] ??= []).push(value);
      }
    }
  }
  return taken;
}

async function warmUp(works: Work[]): Promise<void> {
  const texts = new Map<string, { name: string; text?: string }>();
  for (const { name, writes, warmUp: needed, take } of works) {
    const start = performance.now();
    let last = await take();
    while (performance.now() - start < (needed ?? 0)) last = await take();
    if (writes === undefined) continue;
    const text = last.text?.();
    const other = texts.get(writes) ?? { name, text };
    if (text !== other.text) {
      throw new Error(`${name} writes other bytes than ${other.name}`);
    }
    texts.set(writes, other);
  }
}

/** The ratio of two figures of the same round. */
export function ratio(of: number[], to: number[], share = 1): Spread {
  return spread(of.map((each, round) => each / share / to[round]));
}

/** The quartiles of figures. */
export function spread(figures: number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)];
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
