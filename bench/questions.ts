import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Work } from './measure';
import { Library } from './programs/program';
import { BY_HAND, LIBRARY, PLAIN, sides } from './sides';

const ROOT = join(__dirname, '..');

/** The compiled library, as in its package. */
export const COMPILED = join(ROOT, 'lib', 'src');

/** The number of services of a mesh, and how often a round creates it: small meshes more often, because noise affects them more. */
const MESHES = [{ size: 10, times: 15 }, { size: 100, times: 3 }, { size: 300, times: 1 }];

/** One question: the time of one task divided by that of another. */
export interface Question {
  readonly name: string;
  readonly of: string;
  readonly to: string;
  /** The amount of work in the first task, divided by that in the second. */
  readonly share?: number;
}

const mesh = (side: string, size: number) => `${size} services, ${side}`;
const load = (what: string) => `require ${what}`;

/** The questions of users. */
export const QUESTIONS: Question[] = [
  ...MESHES.flatMap(({ size }) => [PLAIN, BY_HAND].map(other => ({
    name: `${size} services, beside ${other}`, of: mesh(LIBRARY, size), to: mesh(other, size),
  }))),
  ...[LIBRARY, PLAIN, BY_HAND].map(side => ({
    name: `one service among 300, beside one among 100: ${side}`, of: mesh(side, 300), to: mesh(side, 100), share: 3,
  })),
  { name: 'require of the library, beside cdk8s-plus-28', of: load(LIBRARY), to: load('cdk8s-plus-28') },
];

/** The tasks for an answer. */
export function works(library: Library): Work[] {
  const meshes = MESHES.flatMap(({ size, times }) => sides(library, 'small').map(side => ({ name: mesh(side.name, size), times, run: side.prepare(size) })));
  const modules = [[LIBRARY, COMPILED], ['cdk8s-plus-28', 'cdk8s-plus-28']];
  return [...meshes, ...modules.map(([name, module]) => ({ name: load(name), times: 1, run: () => ({ overriddenDuration: loading(module) }) }))];
}

/** The milliseconds that a new process needs to load a module. */
function loading(module: string): number {
  const script = `const start = performance.now(); require(${JSON.stringify(module)}); console.log(performance.now() - start);`;
  return Number(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}
