import { PUBLIC } from './assembly';
import { Verdict } from './verdict';

/** What a case adds to a tally, as plain data. */
export interface Counted {
  readonly leftOut: number;
  readonly faulty: boolean;
  readonly codes: string[];
  readonly used: string[];
  /** The call that was refused; none where synthesis was. */
  readonly raisedBy?: string;
  /** The calls of a program that was refused. */
  readonly calls: string[];
}

export function countedOf({ world: { leftOut, used, calls }, faulty, codes, raisedBy }: Verdict): Counted {
  return { leftOut, faulty, codes, used: [...used], raisedBy, calls: codes.length > 0 ? [...new Set(calls.map(({ name }) => name))].sort() : [] };
}

/** Counts what a run of the property has covered. */
export class Tally {
  public cases = 0;
  public faulty = 0;
  private accepted = 0;
  private acceptedFaulty = 0;
  private leftOut = 0;
  private readonly uses = new Map<string, number>();
  private readonly collectErrors = new Map<string, number>();
  private readonly faultCodes = new Map<string, number>();

  public count({ leftOut, used, faulty, codes }: Counted): void {
    this.cases++;
    this.leftOut += leftOut;
    const accepted = codes.length === 0 ? 1 : 0;
    if (faulty) {
      this.faulty++;
      this.acceptedFaulty += accepted;
    } else {
      this.accepted += accepted;
    }
    codes.forEach(code => add(faulty ? this.faultCodes : this.collectErrors, code));
    // How much of a refused program would have worked is unknown.
    if (accepted) used.forEach(name => add(this.uses, name));
  }

  /** Of the cases without a mistake, how many were accepted. */
  public get acceptedShare(): number {
    return this.accepted / (this.cases - this.faulty);
  }

  /** What is used in a smaller share of cases than it should be. */
  public shortfall(names: readonly string[], least: number): string[] {
    return names.filter(name => this.share(name) < least).map(name => `${name}: ${percent(this.share(name))}`);
  }

  public summary(): string {
    const rarest = [...PUBLIC].sort((a, b) => this.share(a) - this.share(b));
    return [
      `${this.cases} cases, ${percent(this.faulty / this.cases)} with a mistake, of which ${percent(this.acceptedFaulty / this.faulty)} did no harm; ${this.leftOut} steps left out`,
      `accepted without a mistake: ${percent(this.acceptedShare)}; refused: ${top(this.collectErrors) || 'none'}`,
      `refused with a mistake: ${this.faultCodes.size} codes, ${top(this.faultCodes)}`,
      `used in accepted cases, of all cases, rarest first (${rarest.length} public names):`,
      ...lines(rarest.map(name => `${percent(this.share(name))} ${name}`)),
    ].join('\n');
  }

  private share(name: string): number {
    return (this.uses.get(name) ?? 0) / this.cases;
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function top(counts: Map<string, number>): string {
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8).map(([name, count]) => `${name} ${count}`).join(', ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** As many to a line as fit. */
function lines(items: string[]): string[] {
  const rows = [''];
  for (const item of items) {
    if (rows[rows.length - 1].length + item.length > 150) rows.push('');
    rows[rows.length - 1] += `  ${item}`;
  }
  return rows;
}
