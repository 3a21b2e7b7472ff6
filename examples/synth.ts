/**
 * Writes the manifests of every example: runs each `examples/<name>/main.ts`, which writes the folder `manifests/`
 * beside it. Deletes the folder first, so that no stale file remains.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');

for (const name of readdirSync(__dirname).sort()) {
  const main = join(__dirname, name, 'main.ts');
  if (!existsSync(main)) continue;

  const manifests = join(__dirname, name, 'manifests');
  rmSync(manifests, { recursive: true, force: true });
  execFileSync(process.execPath, [TSX, '--tsconfig', 'tsconfig.dev.json', main], { cwd: ROOT, stdio: 'inherit' });
  console.log(`${name}: ${readdirSync(manifests).sort().join(', ')}`);
}
