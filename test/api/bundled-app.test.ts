import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, BuildOptions } from 'esbuild';

const ROOT = join(__dirname, '..', '..');
const EXAMPLE = join(ROOT, 'examples', 'bookinfo');

/** cdk8s calls `require` and `__dirname`, which modules of JavaScript do not have. */
const MODULE = [
  'import { createRequire } from "node:module";', 'import { dirname } from "node:path";', 'import { fileURLToPath } from "node:url";',
  'const require = createRequire(import.meta.url), __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);',
].join('\n');

/** The files of a folder, by name. */
const texts = (folder: string) => Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));

/** Bundles an example with the compiled library, runs the bundle, and returns what it writes. */
async function synthesized(name: string, options: BuildOptions): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    await build({
      entryPoints: [join(EXAMPLE, 'main.ts')],
      outfile: join(folder, name),
      bundle: true,
      platform: 'node',
      alias: { 'cdk8s-istio': ROOT },
      tsconfigRaw: '{}',
      logLevel: 'error',
      ...options,
    });
    execFileSync(process.execPath, [join(folder, name)]);
    return texts(join(folder, 'manifests'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const BUNDLES: readonly [what: string, name: string, options: BuildOptions][] = [
  ['a bundle', 'app.js', {}],
  ['a minified bundle', 'app.js', { minify: true }],
  ['a minified bundle as a module', 'app.mjs', { minify: true, format: 'esm', banner: { js: MODULE } }],
];

test.each(BUNDLES)('%s of an App writes the same files', async (_, name, options) => {
  expect(await synthesized(name, options)).toEqual(texts(join(EXAMPLE, 'manifests')));
});
