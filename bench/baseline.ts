import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from './groups/groups';
import { Baseline, withFigures } from './page';

const BASELINE = join(__dirname, 'baseline.json');
const PAGE = join(__dirname, '..', 'docs', 'speed.md');

/** The baseline of the repository. */
export function baseline(): Baseline {
  return JSON.parse(readFileSync(BASELINE, 'utf8'));
}

/** Writes a baseline and its page. Rows that were not measured keep their figures, if all versions are the same. */
export function update(now: Baseline): void {
  const before = baseline();
  const rows = GROUPS.flatMap(group => group.rows.map(({ name }) => name));
  if (rows.some(name => !now.ratios[name]) && JSON.stringify(before.versions) !== JSON.stringify(now.versions)) {
    throw new Error('the versions differ from those of the baseline: measure all rows');
  }
  const all = { ...before.ratios, ...now.ratios };
  const ratios = Object.fromEntries(rows.filter(name => all[name]).map(name => [name, all[name]]));
  const written: Baseline = { versions: now.versions, ratios };
  writeFileSync(BASELINE, `${JSON.stringify(written, undefined, 2)}\n`);
  writeFileSync(PAGE, withFigures(readFileSync(PAGE, 'utf8'), written));
}
