/**
 * Writes the API pages, API.md and docs/api/, from the compiled library, the source and the catalogue of errors.
 *
 *   npm run docgen                 write them (npm run compile first)
 *   npm run docgen:check           fail when a committed page differs
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsOfTypes } from './api-errors';
import { INDEX, pages } from './api-pages';
import { ROOT } from './proofs';

const FOLDER = join(ROOT, 'docs', 'api');
const wanted = pages(errorsOfTypes());

if (process.argv.includes('--check')) {
  const committed = [INDEX, ...existsSync(FOLDER) ? readdirSync(FOLDER).map(file => `docs/api/${file}`) : []];
  const problems = [
    ...committed.filter(path => !wanted.has(path)).map(path => `${path} is the page of nothing.`),
    ...[...wanted].flatMap(([path, text]) => difference(path, text)),
  ];
  problems.forEach(problem => console.error(problem));
  if (problems.length > 0) {
    console.error('Run `npm run compile && npm run docgen`.');
    process.exitCode = 1;
  }
} else {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  wanted.forEach((text, path) => writeFileSync(join(ROOT, path), text));
}

function difference(path: string, text: string): string[] {
  const file = join(ROOT, path);
  const committed = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const lines = text.split('\n');
  const at = lines.findIndex((line, i) => line !== committed[i]);
  if (at < 0 && committed.length === lines.length) return [];
  return [`${path}:${at + 1} differs from the library.\n  committed: ${committed[at] ?? '(end of file)'}\n  generated: ${lines[at] ?? '(end of file)'}`];
}
