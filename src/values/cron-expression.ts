import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers, from the least one on. */
  readonly words?: string[];
}

/** What Kubernetes reads, in this order. Sunday is 0, and not 7 as well. */
const FIELDS: Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'weekDay', least: 0, most: 6, words: DAYS },
];

/** The text, if it is five fields of a schedule as Kubernetes reads them. */
export function cronExpression(text: string, at: Located | string): string {
  const given = text.split(' ');
  const wrong = FIELDS.find((field, i) => given.length !== FIELDS.length || !given[i].split(',').every(part => isRange(part, field)));
  if (wrong) {
    const { name, least, most, words = [] } = wrong;
    throw new MeshError('IM1704', at, {
      problem: given.length === FIELDS.length ? `the ${name} of the schedule cannot be read` : 'the schedule has not the five fields that Kubernetes reads',
      got: text,
      allowed: given.length === FIELDS.length
        ? `*, numbers from ${least} to ${most}${words.length > 0 ? `, words from ${words[0]} to ${words[words.length - 1]}` : ''}, ranges (a-b), steps (*/n), and lists of these`
        : FIELDS.map(field => field.name).join(' '),
    });
  }
  return text;
}

/** `*`, a number, a range, or one of these with a step. */
function isRange(part: string, { least, most, words = [] }: Field): boolean {
  const [range, step, ...more] = part.split('/');
  const ends = range === '*' || range === '?' ? [least, most] : range.split('-').map(end => numberOf(end, least, words));
  const [first, last = first] = ends;
  return more.length === 0 && ends.length <= 2 && (step === undefined || (/^\d+$/.test(step) && Number(step) > 0))
    && first >= least && last <= most && first <= last;
}

function numberOf(end: string, least: number, words: string[]): number {
  const word = words.indexOf(end.toLowerCase());
  return word >= 0 ? word + least : /^\d+$/.test(end) ? Number(end) : NaN;
}

/** The text, if it has the form of a name of the time zone database. Nothing here knows which names the cluster's copy has. */
export function timeZone(text: string, at: Located | string): string {
  if (!/^[A-Z][A-Za-z0-9_+-]{0,13}(\/[A-Za-z0-9_+][A-Za-z0-9_+-]{0,13})*$/.test(text) || text.toLowerCase() === 'local') {
    throw new MeshError('IM1704', at, { problem: 'not a time zone', got: text, allowed: 'a name of the time zone database, such as Europe/Berlin or Etc/UTC' });
  }
  return text;
}
