import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { loadESLint } from 'eslint';
import { FLOORS, mayImport } from '../projenrc/floors';
import { MOST_IMPORTS } from '../projenrc/lint';

const ROOT = join(__dirname, '..');
const config = JSON.parse(readFileSync(join(ROOT, '.eslintrc.json'), 'utf8').replace(/^\/\/.*$/gm, ''));

const ZONE = 'import/no-restricted-paths';
const CYCLE = 'import/no-cycle';
const IMPORTS = 'no-restricted-imports';
const COUNT = 'import/max-dependencies';
const HOUSE_RULES = [ZONE, CYCLE, IMPORTS, COUNT, 'max-lines', '@typescript-eslint/no-explicit-any', 'no-restricted-globals', 'no-restricted-properties', 'no-restricted-syntax'];

/**
 * Lints a small house of the given files under the project's own configuration, and returns what the
 * house rules say: `<file>: <rule>`. The house stands in a temporary folder; nothing is written to `src`.
 */
async function lint(files: Record<string, string>): Promise<string[]> {
  const house = realpathSync(mkdtempSync(join(tmpdir(), 'house-')));
  const previous = process.cwd();
  try {
    for (const [path, text] of Object.entries({ 'package.json': '{}', 'tsconfig.dev.json': '{}', ...files })) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), text);
    }
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    process.chdir(house); // the zones are relative to the working directory

    const ESLint = await loadESLint({ useFlatConfig: false });
    const eslint = new ESLint({
      cwd: house,
      useEslintrc: false,
      resolvePluginsRelativeTo: ROOT,
      overrideConfig: {
        ...config,
        // Only the house rules, without the type information that a file outside the project lacks.
        parserOptions: { ...config.parserOptions, project: null },
        rules: Object.fromEntries(Object.entries(config.rules).filter(([rule]) => HOUSE_RULES.includes(rule))),
      },
    });
    const results = await eslint.lintFiles(['src']);
    return results.flatMap(result => result.messages.map(message => `${result.filePath.slice(house.length + 1)}: ${message.ruleId ?? message.message}`));
  } finally {
    process.chdir(previous);
    rmSync(house, { recursive: true });
  }
}

/** The specifier by which a file of a folder imports another file. */
function toward(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('.') ? path : `./${path}`;
}

/** All folders that a folder may import, directly or by others. */
function reachable(folder: string): string[] {
  const from = (each: string) => FLOORS.filter(other => other.folder !== each && mayImport(FLOORS.find(floor => floor.folder === each)!, other));
  const found = new Set<string>();
  const visit = (each: string): void => from(each).forEach(other => {
    if (!found.has(other.folder)) {
      found.add(other.folder);
      visit(other.folder);
    }
  });
  visit(folder);
  return [...found];
}

const noun = (text: string) => `${text}\nexport const noun = 1;\n`;
const takes = (from: string) => `import * as taken from '${from}';\nexport const noun = taken;\n`;

describe('the floors', () => {
  test('a house that keeps the rules passes', async () => {
    expect(await lint({
      'src/index.ts': 'export * from \'./values/port\';\n',
      'src/diagnostics/code.ts': noun(''),
      'src/values/port.ts': noun('import { Duration, Size } from \'cdk8s\';\nimport { noun as code } from \'../diagnostics/code\';\nexport { Duration, Size, code };'),
      'src/kernel/base.ts': noun('import { Construct } from \'constructs\';\nimport { noun as port } from \'../values/port\';\nexport { Construct, port };'),
      'src/services/mesh-service.ts': noun('import { Deployment } from \'cdk8s-plus-28\';\nimport { noun as base } from \'../kernel/base\';\nexport { Deployment, base };'),
    })).toEqual([]);
  });

  // Every pair of folders: an import is an error exactly when the table does not name it.
  const pairs = FLOORS.flatMap(a => FLOORS.map(b => [a, b] as const)).filter(([a, b]) => a !== b && a.folder.startsWith('src/'));

  test('each folder may import the folders its floor names, and no other', async () => {
    const house = Object.fromEntries(FLOORS.map(({ folder }) => [`${folder}/noun.ts`, noun('')]));
    const taker = ([a, b]: typeof pairs[number]) => `${a.folder}/takes-${b.folder.replaceAll('/', '-')}.ts`;
    for (const pair of pairs) house[taker(pair)] = takes(toward(pair[0].folder, `${pair[1].folder}/noun`));
    const refused = pairs.filter(([a, b]) => !mayImport(a, b)).map(pair => `${taker(pair)}: ${ZONE}`);
    expect((await lint(house)).sort()).toEqual(refused.sort());
    expect(refused.length).toBeGreaterThan(150);
  }, 60_000);

  test('an entry is for the files of its folder: each folder below has its own', () => {
    const allowed = (one: string, other: string) => mayImport({ folder: one, folders: ['src/a', 'src/b/c'], packages: [] }, { folder: other, folders: [], packages: [] });
    expect(['src/a', 'src/a/x', 'src/b', 'src/b/c', 'src/b/c/x', 'src/ab', 'src/d', 'src/d/x'].map(other => allowed('src/d', other)))
      .toEqual([true, true, false, true, true, false, true, false]);
    expect(['src/a', 'src/a/x', 'src/a/y', 'src/a/x/z'].map(other => allowed('src/a/x', other))).toEqual([true, true, false, false]);
  });

  test('no circle leads from folder to folder', () => {
    const circles = FLOORS.map(({ folder }) => folder).filter(folder => reachable(folder).includes(folder));
    expect(circles).toEqual([]);
  });

  test('each folder may import the packages its floor names, and no other', async () => {
    const packages = ['cdk8s', 'constructs', 'cdk8s-plus-28', 're2js', 'crypto', 'yaml', 'node:fs'];
    const floors = FLOORS.filter(({ folder }) => folder.startsWith('src/'));
    const cases = floors.flatMap(floor => packages.map(pkg => ({ floor, pkg, file: `${floor.folder}/takes-${pkg.replace(':', '-')}.ts` })));
    const refused = cases.filter(({ floor, pkg }) => !floor.packages.includes(pkg) || floor.names?.[pkg]).map(({ file }) => `${file}: ${IMPORTS}`);
    expect((await lint(Object.fromEntries(cases.map(({ file, pkg }) => [file, takes(pkg)])))).sort()).toEqual(refused.sort());
  }, 30_000);

  test.each<[string, Record<string, string>, string[]]>([
    ['a cycle of two files in one folder', {
      'src/kernel/a.ts': noun('import { noun as b } from \'./b\';\nexport { b };'),
      'src/kernel/b.ts': noun('import { noun as a } from \'./a\';\nexport { a };'),
    }, [`src/kernel/a.ts: ${CYCLE}`, `src/kernel/b.ts: ${CYCLE}`]],
    ['a cycle through types alone', {
      'src/kernel/a.ts': 'import { B } from \'./b\';\nexport interface A { b: B }\n',
      'src/kernel/b.ts': 'import { C } from \'./c\';\nexport interface B { c: C }\n',
      'src/kernel/c.ts': 'import { A } from \'./a\';\nexport interface C { a: A }\n',
    }, ['a', 'b', 'c'].map(file => `src/kernel/${file}.ts: ${CYCLE}`)],
    ['a type import, which would hide a cycle', {
      'src/kernel/a.ts': 'import type { B } from \'./b\';\nexport interface A { b: B }\n',
      'src/kernel/b.ts': 'import { type C } from \'./c\';\nexport interface B { c: C }\n',
      'src/kernel/c.ts': 'export interface C {}\n',
    }, ['a', 'b'].map(file => `src/kernel/${file}.ts: no-restricted-syntax`)],
    ['cdk8s in values, but for its quantities', {
      'src/values/port.ts': noun('import { ApiObject, Duration } from \'cdk8s\';\nexport { ApiObject, Duration };'),
    }, [`src/values/port.ts: ${IMPORTS}`]],
    ['a barrel from inside its folder', {
      'src/values/index.ts': noun(''),
      'src/values/a.ts': takes('.'),
      'src/values/b.ts': takes('./index'),
      'src/values/c.ts': takes('../values'),
    }, ['a', 'b', 'c'].map(file => `src/values/${file}.ts: ${IMPORTS}`)],
    ['the package\'s own index from below', {
      'src/index.ts': noun(''),
      'src/security/a.ts': takes('..'),
      'src/security/b.ts': takes('../index'),
      'src/traffic/splits/a.ts': takes('../..'),
      'src/traffic/splits/b.ts': takes('../../index'),
    }, ['security/a', 'security/b', 'traffic/splits/a', 'traffic/splits/b'].flatMap(file => [ZONE, IMPORTS].map(rule => `src/${file}.ts: ${rule}`))],
    ['any', { 'src/values/a.ts': 'export const noun: any = 1;\n' }, ['src/values/a.ts: @typescript-eslint/no-explicit-any']],
    [`a file that imports more than ${MOST_IMPORTS} others`, Object.fromEntries([
      ...Array.from({ length: MOST_IMPORTS + 1 }, (_, i) => [`src/values/n${i}.ts`, noun('')] as const),
      ...[MOST_IMPORTS, MOST_IMPORTS + 1].map(count => [
        `src/values/takes-${count}.ts`, noun(Array.from({ length: count }, (_, i) => `import * as n${i} from './n${i}';\nexport { n${i} };`).join('\n')),
      ] as const),
    ]), [`src/values/takes-${MOST_IMPORTS + 1}.ts: ${COUNT}`]],
    ['a file of more than 400 lines', { 'src/values/a.ts': noun('//\n'.repeat(400)) }, ['src/values/a.ts: max-lines']],
    ['the environment, the clock, chance', {
      'src/values/a.ts': 'export const noun = process.env.X;\n',
      'src/values/b.ts': 'export const noun = Date.now();\n',
      'src/values/c.ts': 'export const noun = Math.random();\n',
    }, ['src/values/a.ts: no-restricted-globals', 'src/values/b.ts: no-restricted-globals', 'src/values/c.ts: no-restricted-properties']],
  ])('refused: %s', async (_, files, expected) => {
    expect((await lint(files)).sort()).toEqual(expected.sort());
  }, 30_000);
});

describe('the tree', () => {
  const folders = [...new Set(readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts')).map(path => dirname(join('src', path))).filter(folder => folder !== 'src'))];

  test('every folder of src stands on a floor of its own, and every floor is a folder', () => {
    expect(folders.sort()).toEqual(FLOORS.map(({ folder }) => folder).filter(folder => folder !== 'imports').sort());
  });

  test('src itself holds the index and nothing else', () => {
    expect(readdirSync(join(ROOT, 'src')).filter(name => name.endsWith('.ts'))).toEqual(['index.ts']);
  });

  test('files are named in kebab-case', () => {
    const all = ['src', 'test', 'examples', 'projenrc'].filter(folder => existsSync(join(ROOT, folder)))
      .flatMap(folder => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path}`))
      .filter(path => path.endsWith('.ts'));
    expect(all.filter(path => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(path.split('/').pop()!))).toEqual([]);
  });

  test('every object of Istio\'s kinds, Service and NetworkPolicy that the library writes is marked as its own', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts'));
    const made = sources.flatMap(path => [...readFileSync(join(ROOT, 'src', path), 'utf8')
      .matchAll(/new (?:networking|security|telemetry|extensions)\.\w+\(.*|new k8s\.Kube(?:Service|NetworkPolicy|StatefulSet|Namespace)\(.*/g)].map(([text]) => text));
    expect(made.length).toBeGreaterThan(25);
    expect(made.filter(text => !/\((\w+(?:\.\w+)?), owned\(\1, /.test(text))).toEqual([]);
  });
});
