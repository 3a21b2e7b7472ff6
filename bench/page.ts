import { Spread } from './measure';
import { verdict } from './targets';

const BEGIN = '<!-- written by `npm run bench -- --update` -->\n';
const END = '<!-- end -->';

/** The measured ratios, and the versions of the run. */
export interface Baseline {
  readonly versions: Record<string, string>;
  readonly ratios: Record<string, Spread>;
}

/** The page with the figures of a baseline. */
export function withFigures(page: string, { versions, ratios }: Baseline): string {
  const [before, rest] = page.split(BEGIN);
  const setup = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
  const rows = Object.entries(ratios).map(([name, { low, median, high }]) =>
    `| ${name} | ${median} | ${low} to ${high} | ${verdict(name, median) ?? ''} |\n`);
  return `${before}${BEGIN}\n${setup}\n\n| | median | quartiles | target |\n|---|---|---|---|\n${rows.join('')}\n${END}${rest.split(END)[1]}`;
}
