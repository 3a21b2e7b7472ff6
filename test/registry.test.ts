import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts')).sort()
  .map(path => ({ path, text: readFileSync(join(ROOT, 'src', path), 'utf8') }));

/** In the order of the floors. */
const FLOORS = ['kernel', 'hosts', 'services', 'traffic', 'security', 'mesh'];

/** One of the names by which a register is found: `registryOf(scope, HostRegistry)`. */
const CLASSES = SOURCES.flatMap(({ text }) => [...text.matchAll(/egistryOf\(\w+(?:\.\w+)*, (\w+)\)/g)].map(([, name]) => name));

interface Register {
  readonly folder: string;
  readonly name: string;
  readonly doc: string;
}

/** The fields of all classes that hold registers, with their docstrings. */
const REGISTERS = SOURCES.flatMap(({ path, text }) => [...text.matchAll(/^(?:export )?class (\w+) \{\n([\s\S]*?)^\}/gm)]
  .filter(([, name]) => CLASSES.includes(name))
  .flatMap(([, name, body]): Register[] => [...body.matchAll(/^(?: {2}\/\*\* (.*) \*\/\n)? {2}public (?:readonly )?(\w+)/gm)]
    .map(([, doc = '', field]) => ({ folder: path.split('/').slice(0, -1).join('/'), name: `${name}.${field}`, doc }))));

const FORM = /^(.*)\. Written by (.*)\. Complete (.*)\.$/;

test('every register says what it holds, who writes it and when it is complete', () => {
  expect(REGISTERS.length).toBeGreaterThan(40);
  expect(REGISTERS.filter(({ doc }) => !FORM.test(doc)).map(({ name }) => name)).toEqual([]);
});

test('ARCHITECTURE.md lists every register', () => {
  const floor = ({ folder }: Register) => FLOORS.indexOf(folder.split('/')[0]);
  const rows = [...REGISTERS].sort((a, b) => floor(a) - floor(b)).map(({ folder, name, doc }) => {
    const [, holds, by, complete] = FORM.exec(doc) ?? [];
    return `| ${folder} | \`${name}\` | ${holds} | ${by} | ${complete} |`;
  });
  const [, table = ''] = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('| folder | register | holds | written by | complete |\n|---|---|---|---|---|\n');
  expect(table.slice(0, table.indexOf('\n\n')).split('\n')).toEqual(rows);
});

describe('no module holds state', () => {
  /** Declarations at the top of a module whose value changes, or can. */
  const STATE = [
    /^(?:export )?(?:let|var) .*/gm,
    /^(?:export )?const \w+(?:: [^=]*)? = new (?:Weak)?(?:Map|Set)\b(?:<.*>)?\(\).*/gm,
    /^(?:export )?const \w+(?:: [^=]*)? = (?:\[\]|\{\})(?: as .*)?;/gm,
    /new Weak(?:Map|Set)\b.*/g,
    /^ {2}(?:public |private |protected )?static (?!readonly )(?:\w+)(?:: .*)? = .*/gm,
    /static readonly \w+(?:: .*)? = (?:new (?:Weak)?(?:Map|Set)\b(?:<.*>)?\(\)|\[\]|\{\}).*/g,
  ];
  const stateOf = (text: string) => STATE.flatMap(pattern => [...text.matchAll(pattern)].map(([found]) => found));

  test('of an App or a cluster', () => {
    const found = SOURCES.flatMap(({ path, text }) => stateOf(text).map(state => `${path}: ${state}`));
    expect(found).toEqual([
      'kernel/cluster-checks.ts: const checks: ClusterCheck[] = [];', // functions, complete when the library is loaded
      'synthesis/per-synthesis.ts: let kept: Answers | undefined;', // for the time of one synchronous call
    ]);
  });

  test.each([
    'let count = 0;', 'export let count = 0;', 'const all = new Map<string, string>();', 'const all = new Set();', 'const all: string[] = [];', 'const all = {} as Names;',
    'const hosts = new WeakMap<IConstruct, string>();', '  private static last = 0;', '  private static readonly all = new Map<string, string>();',
  ])('%s is state', line => expect(stateOf(line)).not.toEqual([]));

  test.each([
    'const NAMES = [\'a\'];', 'const NAMES = new Set([\'a\']);', 'const names = () => new Map<string, string>();', '  public static readonly ALL = new Release(1);',
  ])('%s is no state', line => expect(stateOf(line)).toEqual([]));
});
