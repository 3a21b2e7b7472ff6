import { Profiler, Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { appOf, Library } from './programs/program';
import { ProgramName, PROGRAMS } from './programs/programs';

const ROOT = join(__dirname, '..');

/** How often a phase is profiled. */
const TIMES = 5;

/** The microseconds between two samples. */
const INTERVAL = 200;

/** The functions of each list. */
const SHOWN = 40;

/** What the profiler itself adds: its own calls, and the root of all. */
const PROFILER = /^(dispatch|\(root\))$|bench\/profile|node:inspector/;

/** The phases of a program: what is ready before, and what is profiled. */
const PHASES: Record<string, (fill: () => App) => () => unknown> = {
  construct: fill => fill,
  validate: fill => {
    const app = fill();
    return () => app.node.findAll().forEach(construct => construct.node.validate());
  },
  render: fill => {
    const app = fill();
    return () => app.synthYaml();
  },
  all: fill => () => fill().synthYaml(),
};

/** Prints the functions with the most time, for example for `hub 300 construct`. */
export async function profile(library: Library, [program = 'small', size = '300', phase = 'all']: string[]): Promise<void> {
  if (!(program in PROGRAMS) || !(phase in PHASES)) {
    throw new Error(`--profile ${Object.keys(PROGRAMS).join('|')} SIZE ${Object.keys(PHASES).join('|')}`);
  }
  const fill = () => {
    const app = appOf(library);
    PROGRAMS[program as ProgramName].build(library, app, Number(size));
    return app;
  };
  for (let i = 0; i < 2; i++) PHASES.all(fill)(); // V8 compiles what runs often

  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  const times = new Times();
  for (let i = 0; i < TIMES; i++) {
    const run = PHASES[phase](fill);
    globalThis.gc?.();
    await session.post('Profiler.start');
    run();
    times.add((await session.post('Profiler.stop')).profile);
  }
  session.disconnect();
  print('self', times.self);
  print('self and called', times.inclusive);
}

function print(title: string, times: Map<string, number>): void {
  console.log(`\nmilliseconds of a run, ${title}`);
  const most = [...times].filter(([name]) => !PROFILER.test(name)).sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  most.forEach(([name, micros]) => console.log(`${(micros / 1000 / TIMES).toFixed(1).padStart(9)}  ${name}`));
}

/** The microseconds of functions, over all profiles. */
class Times {
  public readonly self = new Map<string, number>();
  public readonly inclusive = new Map<string, number>();

  public add({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
    const byId = new Map(nodes.map(node => [node.id, node]));
    const sampled = new Map<number, number>();
    samples.forEach((id, i) => sampled.set(id, (sampled.get(id) ?? 0) + timeDeltas[i]));
    /** The time of a node with all below it. A function that calls itself counts once. */
    const visit = (node: Profiler.ProfileNode, callers: ReadonlySet<string>): number => {
      const name = nameOf(node);
      const own = sampled.get(node.id) ?? 0;
      const inside = new Set([...callers, name]);
      const total = own + (node.children ?? []).reduce((sum, id) => sum + visit(byId.get(id)!, inside), 0);
      this.self.set(name, (this.self.get(name) ?? 0) + own);
      if (!callers.has(name)) this.inclusive.set(name, (this.inclusive.get(name) ?? 0) + total);
      return total;
    };
    visit(nodes[0], new Set());
  }
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: Profiler.ProfileNode): string {
  const file = url.replace('file://', '').replace(`${ROOT}/`, '');
  const name = functionName || '(anonymous)';
  return file ? `${name} ${file}:${lineNumber + 1}` : name;
}
