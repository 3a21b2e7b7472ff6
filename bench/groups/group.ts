import { Spread, ratio, Rounds, spread, Work } from '../measure';

/** Where a run finds what it measures. */
export interface Places {
  /** The folder of the compiled package. */
  readonly library: string;
  /** The folder of the compiled package of an earlier commit. */
  readonly earlier: string;
  /** A folder that is deleted after the run. */
  readonly scratch: string;
}

/** A figure of a task. */
export interface Figure {
  readonly work: string;
  readonly figure: string;
}

/** One question: the figure of one task divided by that of another, or a figure by itself. */
export interface Row {
  readonly name: string;
  readonly of: Figure;
  readonly to?: Figure;
  /** The amount of work in the first task, divided by that in the second; of a figure by itself, its unit. */
  readonly share?: number;
}

/** Rows that are measured together, in a process of their own. */
export interface Group {
  readonly name: string;
  readonly rounds: number;
  readonly rows: Row[];
  /** The tasks for the answers. */
  works(places: Places): Work[];
}

/** The build of an earlier commit, in the names of tasks. */
export const EARLIER = 'the earlier build';

/** The tasks that rows need. */
export function needed(rows: Row[]): Set<string> {
  return new Set(rows.flatMap(({ of, to }) => to ? [of.work, to.work] : [of.work]));
}

/** The answer to the question of a row. */
export function answer({ of, to, share }: Row, rounds: Rounds): Spread {
  const figures = ({ work, figure }: Figure) => rounds.get(work)![figure];
  return to ? ratio(figures(of), figures(to), share) : spread(figures(of).map(each => each / (share ?? 1)));
}
