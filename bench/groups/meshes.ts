import { createRequire } from 'node:module';
import { Taken, Work } from '../measure';
import { ProgramName, PROGRAMS } from '../programs/programs';
import { BY_HAND, CDK8S_SYNTHESIS, LIBRARY, PLAIN, Run, side, SideName } from '../sides';
import { EARLIER, Figure, Group, Places, Row } from './group';

/** A program of one size, and those that write it. */
interface Mesh {
  readonly program: ProgramName;
  readonly size: number;
  /** How often a round runs it: small programs more often, because noise affects them more. */
  readonly times?: number;
  readonly sides: (SideName | typeof EARLIER)[];
}

const load = createRequire(__filename);

/** The milliseconds for which a task runs before it is measured: then V8 has compiled the code that runs often. */
const WARM_UP = 1500;

const of = (program: ProgramName, size: number) => `${size.toLocaleString('en')} ${PROGRAMS[program].counts}`;
const ms = (program: ProgramName, size: number, name: string): Figure => ({ work: `${of(program, size)}, ${name}`, figure: 'ms' });

/** The library beside another implementation. */
function beside(program: ProgramName, size: number, other: string, name = LIBRARY): Row {
  const prefix = name === LIBRARY ? '' : `${name}: `;
  return { name: `${prefix}${of(program, size)}, beside ${other}`, of: ms(program, size, name), to: ms(program, size, other) };
}

/** One of many services beside one of few. */
function growth(name: string, many: number, few: number): Row {
  return {
    name: `one service of ${many.toLocaleString('en')}, beside one of ${few}: ${name}`, of: ms('small', many, name), to: ms('small', few, name), share: many / few,
  };
}

/** The groups that run in one process, after loading. */
export const MESHES: Group[] = [
  group('services', 11, [
    { program: 'small', size: 10, times: 15, sides: [LIBRARY, PLAIN, BY_HAND] },
    { program: 'small', size: 100, times: 3, sides: [LIBRARY, PLAIN, BY_HAND] },
    { program: 'small', size: 300, sides: [LIBRARY, PLAIN, BY_HAND, EARLIER, CDK8S_SYNTHESIS] },
  ], [
    ...[10, 100, 300].flatMap(size => [PLAIN, BY_HAND].map(other => beside('small', size, other))),
    beside('small', 300, EARLIER),
    beside('small', 300, PLAIN, CDK8S_SYNTHESIS),
  ]),
  group('1,000 services', 11, [{ program: 'small', size: 1000, sides: [LIBRARY, PLAIN] }], [beside('small', 1000, PLAIN)]),
  // cdk8s needs a long time for plain objects.
  group('3,000 services', 7, [
    { program: 'small', size: 3000, sides: [LIBRARY, PLAIN] },
    { program: 'small', size: 300, times: 3, sides: [LIBRARY, PLAIN] },
  ], [beside('small', 3000, PLAIN), growth(LIBRARY, 3000, 300), growth(PLAIN, 3000, 300)]),
  group('large services', 11, [{ program: 'large', size: 10, sides: [LIBRARY, PLAIN, EARLIER] }], [beside('large', 10, PLAIN), beside('large', 10, EARLIER)]),
  group('gateways', 11, [{ program: 'edge', size: 300, sides: [LIBRARY, PLAIN, EARLIER] }], [beside('edge', 300, PLAIN), beside('edge', 300, EARLIER)]),
  // The earlier build needs a long time for many charts.
  ...[['charts', 5] as const, ['hosts', 11] as const, ['routes', 11] as const, ['hub', 11] as const].map(([program, rounds]) =>
    group(program, rounds, [{ program, size: 1000, sides: [LIBRARY, EARLIER] }], [beside(program, 1000, EARLIER)])),
];

function group(name: string, rounds: number, meshes: Mesh[], rows: Row[]): Group {
  return { name, rounds, rows, works: places => meshes.flatMap(mesh => mesh.sides.map(each => inProcess(mesh, each, places))) };
}

/** Runs one side of a program in this process. */
function inProcess({ program, size, times }: Mesh, name: SideName | typeof EARLIER, places: Places): Work {
  const prepare = () => name === EARLIER ? side(LIBRARY, load(places.earlier), program, size) : side(name, load(places.library), program, size);
  let run: Run | undefined;
  return {
    ...ms(program, size, name),
    name: ms(program, size, name).work,
    writes: name === BY_HAND ? undefined : of(program, size),
    warmUp: WARM_UP,
    take: () => timed(run ??= prepare(), times),
  };
}

async function timed(run: Run, times = 1): Promise<Taken> {
  const { Bench } = await import('tinybench');
  let text = '';
  const bench = new Bench({ iterations: times, time: 0, warmup: false, throws: true });
  bench.add('run', () => {
    text = run();
  }, { async: false, beforeAll: () => globalThis.gc?.() }); // no task pays for the garbage of another
  const [{ result }] = bench.runSync();
  if (result.state !== 'completed') {
    throw new Error(result.state);
  }
  return { figures: { ms: result.latency.p50 }, text: () => text };
}
