/** Measures the rows of one group in a process of its own, so that no group changes what another one takes. */
import { answer, needed, Places } from './groups/group';
import { GROUPS } from './groups/groups';
import { measure, Spread, spread } from './measure';

/** What the process has to do. */
export interface Order {
  readonly group: string;
  readonly rows: string[];
  readonly places: Places;
  readonly rounds: number;
}

/** What the process answers. */
export interface Answer {
  readonly ratios: Record<string, Spread>;
  /** The figures of each task: milliseconds and bytes of this machine. */
  readonly figures: Record<string, Spread>;
}

async function main({ group: name, rows: names, places, rounds }: Order): Promise<Answer> {
  const group = GROUPS.find(each => each.name === name)!;
  const rows = group.rows.filter(row => names.includes(row.name));
  const tasks = needed(rows);
  const taken = await measure(group.works(places).filter(work => tasks.has(work.name)), rounds);
  const figures = [...taken].flatMap(([work, its]) => Object.entries(its).map(([figure, values]) => [`${work}: ${figure}`, spread(values)] as const));
  return { ratios: Object.fromEntries(rows.map(row => [row.name, answer(row, taken)])), figures: Object.fromEntries(figures) };
}

process.once('message', (order: Order) => {
  main(order).then(answered => process.send!(answered)).catch(error => {
    console.error(error);
    process.exitCode = 1;
  }).finally(() => process.disconnect());
});
