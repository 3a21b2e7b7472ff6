/** A task to measure. */
export interface Work {
  readonly name: string;
  /** How often the task runs in a round. */
  readonly times: number;
  run(): unknown;
}

/** The median and the quartiles of a figure over all rounds. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * The milliseconds of each task in each round. A round runs all tasks in turn, so that a slow moment of the machine affects all of them.
 * Each round starts with another task. The first round only warms up.
 */
export async function measure(works: Work[], rounds: number): Promise<Map<string, number[]>> {
  const { Bench } = await import('tinybench');
  const taken = new Map(works.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    const first = round % works.length;
    for (const { name, times, run } of [...works.slice(first), ...works.slice(0, first)]) {
      const bench = new Bench({ iterations: times, time: 0, warmup: false, throws: true });
      bench.add(name, run, { async: false, beforeAll: () => globalThis.gc?.() }); // no task pays for the garbage of another
      const [{ result }] = bench.runSync();
      if (result.state !== 'completed') {
        throw new Error(`${name}: ${result.state}`);
      }
      if (round > 0) {
        taken.get(name)!.push(result.latency.p50);
      }
    }
  }
  return taken;
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
