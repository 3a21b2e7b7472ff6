/**
 * Runs `npm test`: every check of the library, as many at once as there are cores. What a check prints comes when it ends.
 * One that fails fails the whole, but the others still run: `npm test` names all that fail.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** A task of the project. */
interface Check {
  readonly name: string;
  /** The check that has to pass first. */
  readonly needs?: string;
}

/** All checks. Those that take longest come first. */
const CHECKS: readonly Check[] = [
  { name: 'compile' },
  { name: 'typecheck' },
  { name: 'jest', needs: 'compile' },
  { name: 'lint' },
  { name: 'test:pack', needs: 'compile' },
  { name: 'docgen:check', needs: 'compile' },
  { name: 'shapes:check', needs: 'compile' },
  { name: 'options', needs: 'compile' },
  { name: 'fields:check', needs: 'compile' },
];

const started = Date.now();
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(0)} s`;
const done = new Map<string, boolean>();

/** Runs one check, and says whether it passed. */
function run({ name }: Check): Promise<boolean> {
  const began = Date.now();
  console.log(`==> ${name} ...`);
  const child = spawn(process.execPath, [require.resolve('projen/bin/projen'), name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (text: Buffer) => output.push(text));
  child.stderr.on('data', (text: Buffer) => output.push(text));
  return new Promise(resolve => child.on('close', code => {
    console.log(`==> ${name} ${code === 0 ? 'passed' : 'FAILED'} after ${seconds(began)}`);
    process.stdout.write(Buffer.concat(output));
    resolve(code === 0);
  }));
}

/** Runs checks until none is left that can run. */
async function work(queue: Check[]): Promise<void> {
  const running = new Set<Promise<void>>();
  while (queue.length > 0 || running.size > 0) {
    const next = queue.findIndex(({ needs }) => needs === undefined || done.has(needs));
    if (next >= 0 && running.size < availableParallelism()) {
      const [check] = queue.splice(next, 1);
      const passes = check.needs === undefined || done.get(check.needs) ? run(check) : Promise.resolve(false);
      const ends: Promise<void> = passes.then(passed => {
        done.set(check.name, passed);
        running.delete(ends);
      });
      running.add(ends);
    } else {
      await Promise.race(running);
    }
  }
}

void work([...CHECKS]).then(() => {
  const failed = CHECKS.filter(({ name }) => !done.get(name)).map(({ name }) => name);
  console.log(`==> all checks took ${seconds(started)}${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
});
