import { Spread } from './measure';

const BEGIN = '<!-- written by `npm run bench -- --update` -->\n';
const END = '<!-- end -->';

/** The page with the figures of a baseline. */
export function withFigures(page: string, ratios: Record<string, Spread>): string {
  const [before, rest] = page.split(BEGIN);
  const rows = Object.entries(ratios).map(([name, { low, median, high }]) => `| ${name} | ${median} | ${low} to ${high} |\n`);
  return `${before}${BEGIN}\n| | median | quartiles |\n|---|---|---|\n${rows.join('')}\n${END}${rest.split(END)[1]}`;
}
