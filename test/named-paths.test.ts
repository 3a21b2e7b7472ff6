import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The paths and commands that the pages at the root of the repository name.

const ROOT = join(__dirname, '..');
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const SCRIPTS = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts);
const TOP = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !['node_modules', 'lib', 'coverage', '.git'].includes(name));

/** Every file and folder of the repository, from its root. */
const ALL = TOP.flatMap(entry => [entry.name, ...entry.isDirectory() ? below(entry.name) : []]);

function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path.replace(/\\/g, '/')}`);
}

/** Whether a path is there: from the root or from src/, and a file without a folder anywhere. `*` is any part of a name. */
function exists(path: string): boolean {
  const pattern = path.replace(/\/$/, '').replace(/[.+]/g, '\\$&').replace(/\*/g, '[^/]*');
  return ALL.some(each => new RegExp(path.includes('/') ? `^(src/)?${pattern}$` : `(^|/)${pattern}$`).test(each));
}

const FILE = /\.(ts|js|md|json|ya?ml|go|sh|mod)$/;
/** What has a slash and is no path of the repository: rules of ESLint, and what `npm run compile` writes. */
const OTHERS = /^(import|lib)\//;

/** The paths in code spans and fenced blocks of a page. */
function pathsOf(page: string): string[] {
  const fences = [...page.matchAll(/^```(\w*)\n([^]*?)^```/gm)];
  const spans = page.replace(/^```[^]*?^```/gm, '').match(/`[^`\n]+`/g) ?? [];
  const words = [
    ...spans.map(span => span.slice(1, -1)),
    ...fences.filter(([, language]) => ['', 'sh'].includes(language)).flatMap(([, , text]) => text.split(/\s+/).filter(word => TOP.some(({ name }) => name === word.split('/')[0]))),
    ...commandsOf(page).flatMap(command => command.split(' ')).filter(word => word.startsWith('test/')),
  ];
  const isPath = (word: string) => /^[\w.*-]+(\/[\w.*-]+)*\/?$/.test(word) && (word.includes('/') || FILE.test(word)) && !OTHERS.test(word);
  return [...new Set(words.filter(isPath))];
}

/** The commands of npm and npx in code spans and blocks of shell. */
function commandsOf(page: string): string[] {
  const shell = [...page.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, text]) => text.split('\n').map(line => line.replace(/#.*/, '')));
  const spans = (page.match(/`np[mx] [^`\n]+`/g) ?? []).map(span => span.slice(1, -1));
  return [...shell, ...spans].flatMap(line => line.split('&&')).map(command => command.trim()).filter(command => /^np[mx] /.test(command));
}

function works(command: string): boolean {
  const [tool, first, second] = command.split(/\s+/);
  if (tool === 'npx') return existsSync(join(ROOT, 'node_modules', '.bin', first));
  return first === 'run' ? SCRIPTS.includes(second) : ['ci', 'install'].includes(first) || SCRIPTS.includes(first);
}

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

test.each(PAGES)('every path that %s names exists', file => {
  expect(pathsOf(text(file)).filter(path => !exists(path))).toEqual([]);
});

test.each(PAGES)('every file that %s links to exists', file => {
  const links = [...text(file).matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)].map(([, link]) => link);
  expect(links.filter(link => !existsSync(join(ROOT, link)))).toEqual([]);
});

test.each(PAGES)('every command that %s names exists', file => {
  expect(commandsOf(text(file)).filter(command => !works(command))).toEqual([]);
});

test('the check finds paths and commands that do not exist', () => {
  const page = 'See `src/values/none.ts`, `none.test.ts`, `src/values/*.ts` and `hosts/http/`; run `npm run none`, `npm run docgen && npx none`.\n```sh\nnpx jest test/none # a part\nnpm test\n```\n';
  expect(pathsOf(page).filter(path => !exists(path))).toEqual(['src/values/none.ts', 'none.test.ts', 'test/none']);
  expect(commandsOf(page).filter(command => !works(command))).toEqual(['npm run none', 'npx none']);
});
