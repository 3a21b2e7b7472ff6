import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The commit that this build is compared with. */
export const EARLIER_COMMIT = '2cf76da902d7828f58c93ce6828e161f91cd09e0';

const ROOT = join(__dirname, '..');

/**
 * The build of a commit, with the packages of this checkout, since both builds write into Apps of one cdk8s.
 * The commit is compiled; the folder of a compiled checkout is copied.
 */
export function built(commit: string, scratch: string): string {
  const folder = join(scratch, 'earlier');
  const isFolder = existsSync(commit) && statSync(commit).isDirectory();
  if (isFolder) {
    cpSync(commit, folder, { recursive: true, filter: path => !['node_modules', '.git'].includes(basename(path)) });
  } else {
    git('worktree', 'prune');
    git('worktree', 'add', '--quiet', '--detach', folder, commit);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (!isFolder) execFileSync('npm', ['run', 'compile'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** Forgets the build, whose folder is deleted. */
export function forget(): void {
  git('worktree', 'prune');
}

/** The short hash of a commit. */
export function hashOf(commit: string): string {
  return existsSync(commit) ? git('-C', commit, 'rev-parse', '--short=12', 'HEAD') : git('rev-parse', '--short=12', commit);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
