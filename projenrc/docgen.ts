/**
 * Writes API.md, the reference of our own root page. The pages of the L1 submodules (25,000 lines that
 * repeat the CRDs) go to docs/api, which is not committed.
 *
 *   npm run docgen                 write them from the compiled library
 *   npm run docgen -- --check      fail when the committed API.md differs
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const API = join(ROOT, 'API.md');

/** Where each submodule is written, by name: `networking` → `imports/networking.istio.io.ts`. */
function submodules(): Record<string, string> {
  const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));
  return Object.fromEntries(Object.entries<{ symbolId: string }>(assembly.submodules)
    .map(([fqn, { symbolId }]) => [fqn.split('.').pop()!, `${symbolId.replace(/:.*/, '')}.ts`]));
}

const pages = mkdtempSync(join(tmpdir(), 'api-'));
try {
  const cli = join(ROOT, 'node_modules', 'jsii-docgen', 'bin', 'jsii-docgen');
  execFileSync(process.execPath, [cli, '--split-by-submodule', '--output', join(pages, 'API.md')], { cwd: ROOT, stdio: 'inherit' });
  const root = join(pages, 'API.md');
  const sources = submodules();
  // A link to a page that is not committed would be dead: point at the generated source instead.
  const text = readFileSync(root, 'utf8')
    .replace(/\]\(\.\/(\w+)\.md\)/g, (link, name) => sources[name] ? `](./${sources[name]})` : link)
    .trimEnd() + '\n';

  if (process.argv.includes('--check')) {
    check(text);
  } else {
    writeFileSync(API, text);
    rmSync(root);
    cpSync(pages, join(ROOT, 'docs', 'api'), { recursive: true });
  }
} finally {
  rmSync(pages, { recursive: true });
}

function check(text: string): void {
  const committed = existsSync(API) ? readFileSync(API, 'utf8').split('\n') : [];
  const wanted = text.split('\n');
  const at = wanted.findIndex((line, i) => line !== committed[i]);
  if (at < 0 && committed.length === wanted.length) return;
  console.error(`API.md:${at + 1} is not what the library says; run \`npm run compile && npm run docgen\`.`);
  console.error(`  committed: ${committed[at] ?? '(end of file)'}\n  generated: ${wanted[at] ?? '(end of file)'}`);
  process.exitCode = 1;
}
