import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { App } from 'cdk8s';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { Taken, Work } from '../measure';
import { finished } from '../plain';
import { small } from '../programs/small';
import { LIBRARY, PLAIN } from '../sides';
import { Figure, Group, Places, Row } from './group';

const BENCH = join(__dirname, '..');
const SIZES = [10, 100, 300, 1000];
const PLUS = 'cdk8s-plus-28';
const load = createRequire(__filename);

const processWith = (size: number, name: string) => `a process with ${size.toLocaleString('en')} services, ${name}`;

/** The library beside plain objects, each in a process of its own. */
function beside(what: string, size: number, figure: string): Row {
  const its = (name: string): Figure => ({ work: processWith(size, name), figure });
  return { name: `${what}, ${size.toLocaleString('en')} services, beside ${PLAIN}`, of: its(LIBRARY), to: its(PLAIN) };
}

/** What a process needs that loads, synthesizes once and ends. */
export const PROCESSES: Group = {
  name: 'processes',
  rounds: 11,
  rows: [
    ...SIZES.map(size => beside('first synthesis of a process', size, 'first')),
    ...SIZES.map(size => beside('whole process', size, 'wall')),
    ...SIZES.map(size => beside('CPU time of the whole process', size, 'cpu')),
    beside('peak memory of the whole process', 1000, 'peak'),
  ],
  works: places => SIZES.flatMap(size => [
    { name: processWith(size, LIBRARY), writes: `${size}`, take: () => libraryProcess(places, size) },
    { name: processWith(size, PLAIN), writes: `${size}`, take: () => plainProcess(places, size) },
  ]),
};

/** What a new process does: only `require`, or also one service. The library loads itself on the first use of an export. */
const FIRST_USES = {
  'require': { [LIBRARY]: '', [PLUS]: '' },
  'require and one service': {
    [LIBRARY]: `
      const chart = new cdk8s.Chart(new loaded.MeshApp(), 'shop');
      const versions = { v1: loaded.MeshVersion.of({ containers: [{ image: 'shop/cart:1' }] }) };
      new loaded.MeshService(new loaded.MeshNamespace(chart, 'shop'), 'cart', { ports: [loaded.MeshPort.http(8080)], versions });
      chart.node.root.synthYaml();`,
    [PLUS]: `
      const chart = new cdk8s.Chart(new cdk8s.App(), 'shop');
      new loaded.Deployment(chart, 'cart', { containers: [{ image: 'shop/cart:1', portNumber: 8080 }] }).exposeViaService();
      chart.node.root.synthYaml();`,
  },
};

const using = (use: string, name: string): Figure => ({ work: `${use}: ${name}`, figure: 'ms' });

/** The time of `require` and of the first use in a new process. */
export const REQUIRE: Group = {
  name: 'require',
  rounds: 11,
  rows: Object.keys(FIRST_USES).map(use => ({ name: `${use} of the library, beside ${PLUS}`, of: using(use, LIBRARY), to: using(use, PLUS) })),
  works: ({ library }): Work[] => Object.entries(FIRST_USES).flatMap(([use, scripts]) => Object.entries(scripts).map(([name, script]) => ({
    name: using(use, name).work,
    take: () => ({ figures: { ms: firstUse(library, name === LIBRARY ? library : name, script) } }),
  }))),
};

function firstUse(cwd: string, module: string, script: string): number {
  const timed = `const start = performance.now();
    const loaded = require(${JSON.stringify(module)});
    const cdk8s = require('cdk8s');
    ${script}
    console.log(performance.now() - start);`;
  return Number(execFileSync(process.execPath, ['-e', timed], { cwd, encoding: 'utf8' }));
}

function libraryProcess(places: Places, size: number): Taken {
  return run(places, 'library', `library-${size}`, [places.library, 'small', `${size}`]);
}

function plainProcess(places: Places, size: number): Taken {
  const file = join(places.scratch, `plain-${size}.json`);
  if (!existsSync(file)) {
    const app = new App();
    small.build(load(places.library), app, size);
    writeFileSync(file, JSON.stringify(finished(app)));
  }
  return run(places, 'plain', `plain-${size}`, [file]);
}

/** Runs a main.js, which prints its figures. */
function run({ scratch, library }: Places, main: string, name: string, args: string[]): Taken {
  const script = join(translated(scratch, library), 'main', `${main}.js`);
  const outdir = join(scratch, name);
  const start = performance.now();
  const printed = execFileSync(process.execPath, [script, ...args, outdir], { encoding: 'utf8' });
  const wall = performance.now() - start;
  return {
    figures: { ...JSON.parse(printed), wall },
    text: () => readdirSync(outdir).sort().map(file => readFileSync(join(outdir, file), 'utf8')).join('---\n'),
  };
}

/** The programs as JavaScript, since no user translates on each run. */
function translated(scratch: string, library: string): string {
  const folder = join(scratch, 'translated');
  if (!existsSync(folder)) {
    const sources = ['', 'main', 'programs'].flatMap(each => readdirSync(join(BENCH, each)).map(file => join(each, file))).filter(file => file.endsWith('.ts'));
    for (const source of sources) {
      const { outputText } = transpileModule(readFileSync(join(BENCH, source), 'utf8'), {
        compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
      });
      mkdirSync(join(folder, dirname(source)), { recursive: true });
      writeFileSync(join(folder, dirname(source), `${basename(source, '.ts')}.js`), outputText);
    }
    symlinkSync(join(library, 'node_modules'), join(folder, 'node_modules'));
  }
  return folder;
}
