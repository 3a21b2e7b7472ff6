import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const ASSEMBLY = join(ROOT, '.jsii');

/** When a file or anything in a folder changed last. A folder itself changes when a file of it goes. */
function changed(path: string): number {
  const below = statSync(path).isDirectory() ? readdirSync(path).map(name => changed(join(path, name))) : [];
  return Math.max(statSync(path).mtimeMs, ...below);
}

/** Compiles the library where its assembly is missing or older than the sources. jest runs this once, before the tests that read the assembly. */
export default function compileLibrary(): void {
  const sources = ['package.json', 'tsconfig.json', 'src', 'imports'].map(name => changed(join(ROOT, name)));
  if (existsSync(ASSEMBLY) && statSync(ASSEMBLY).mtimeMs > Math.max(...sources)) return;
  execFileSync('npm', ['run', '--silent', 'compile'], { cwd: ROOT, stdio: 'inherit' });
}
