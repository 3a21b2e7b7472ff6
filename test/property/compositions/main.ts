import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compositionSeed, draw } from './draw';
import { programOf } from './program';
import { write } from './write';
import { refusalOf } from '../refusal';

// Draws programs, and has the conformance harness judge each that the library accepts: `npm run conformance -- random`.

const OPTIONS = { seed: '1', count: '8', from: '1', only: undefined, out: undefined, harness: undefined, report: undefined };

/** What becomes of the programs. */
class Run {
  private accepted = 0;
  private requests = 0;
  private readonly failed: number[] = [];
  private readonly collectErrors = new Map<string, number>();
  private readonly began = Date.now();

  public constructor(
    private readonly seed: number, private readonly out: string, private readonly harness: string, private readonly report: string,
  ) {}

  public judge(from: number, count: number): number {
    for (let number = from; this.accepted < count; number++) {
      const plan = draw(compositionSeed(this.seed, number));
      const folder = join(this.out, `random-${this.seed}-${number}`);
      try {
        write(plan, folder);
      } catch (error) {
        this.refused(number, error as Error);
        if (number - from > 3 * count + 10) throw new Error('too many programs are refused', { cause: error });
        continue;
      }
      this.accepted++;
      this.send(number, folder, programOf(plan));
    }
    return this.summary();
  }

  private refused(number: number, error: Error): void {
    const { codes, defects } = refusalOf(error);
    if (defects.length > 0) throw error;
    codes.forEach(code => this.collectErrors.set(code, (this.collectErrors.get(code) ?? 0) + 1));
    console.info(`program ${number}: refused, ${codes.join(', ')}`);
  }

  /** Has the harness judge a folder; says no more than a line where all is right. */
  private send(number: number, folder: string, program: string): void {
    const name = `random-${this.seed}-${number}`;
    const { status, stdout, stderr } = spawnSync(this.harness, [
      'run', '--quiet', '--report', this.report, '--name', name, '--manifests', join(folder, 'manifests'), '--requests', join(folder, 'requests.yaml'),
    ], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status === 2 || status === 3) throw new Error(`${folder}: ${stderr}`);
    const { figures: { requests, total } } = JSON.parse(readFileSync(join(this.report, `${name}.json`), 'utf8')) as Report;
    this.requests += requests;
    if (status === 0) {
      console.info(`program ${number}: ok, ${requests} requests, ${(total / 1e9).toFixed(1)} s`);
      return;
    }
    this.failed.push(number);
    const lines = stdout.split('\n').filter(line => /^ {2}FAILED /.test(line));
    console.info([
      `program ${number}: FAILED (again: npm run conformance -- random --seed ${this.seed} --only ${number}; it is in ${folder})`,
      ...lines.length > 0 ? lines : [stdout, stderr], ...program.split('\n').map(line => `  | ${line}`),
    ].join('\n'));
  }

  private summary(): number {
    const refused = [...this.collectErrors].map(([code, count]) => `${code} ${count}`).join(', ');
    console.info(`\nseed ${this.seed}: ${this.accepted} programs accepted, refused: ${refused || 'none'}; ${this.requests} requests in ${Math.round((Date.now() - this.began) / 1000)} s`);
    console.info(this.failed.length === 0 ? 'all as declared' : `${this.failed.length} FAILED: ${this.failed.join(', ')}`);
    return this.failed.length === 0 ? 0 : 1;
  }
}

interface Report {
  readonly figures: { readonly requests: number; readonly total: number };
}

function main(): number {
  const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
  const { values } = parseArgs({ options: Object.fromEntries(names.map(name => [name, { type: 'string' as const }])) });
  const given = { ...OPTIONS, ...values };
  const { only, out = mkdtempSync(join(tmpdir(), 'random-')), harness, report } = given;
  const [seed, count, from] = [given.seed, only === undefined ? given.count : '1', only ?? given.from].map(Number);
  if (!harness || !report || ![seed, count, from].every(number => Number.isInteger(number) && number > 0)) {
    console.error('usage: conformance/run.sh random [--seed N] [--count M] [--from K | --only K] [--out DIR]');
    return 2;
  }
  return new Run(seed, resolve(out), harness, report).judge(from, count);
}

process.exitCode = main();
