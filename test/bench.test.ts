import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import baseline from '../bench/baseline.json';
import { answer, needed } from '../bench/groups/group';
import { GROUPS } from '../bench/groups/groups';
import { measure } from '../bench/measure';
import { withFigures } from '../bench/page';
import { ProgramName, PROGRAMS } from '../bench/programs/programs';
import { BY_HAND, CDK8S_SYNTHESIS, LIBRARY, PLAIN, side, SideName } from '../bench/sides';
import { TARGETS } from '../bench/targets';
import * as library from 'cdk8s-istio';

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: { topologySpreadConstraints?: unknown; readonly securityContext: { seccompProfile?: unknown } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: PodTemplate };
}

/** Enough for a service that calls two, one that calls one, and those without calls. */
const SIZE = 4;

/** What a side writes. */
function text(name: SideName, program: ProgramName = 'small', size = SIZE): string {
  return side(name, library, program, size)();
}

/** What a side writes, by kind and name. */
function manifests(name: SideName): Record<string, Manifest> {
  const objects = parseAllDocuments(text(name)).map(document => document.toJS() as Manifest);
  return Object.fromEntries(objects.map(object => [`${object.kind} ${object.metadata.name}`, object]));
}

/** Without the three things that cdk8s-plus' Deployment does in its own way. */
function withoutOwnWays(objects: Record<string, Manifest>): Record<string, Manifest> {
  Object.values(objects).flatMap(({ spec }) => spec?.template ?? []).forEach(template => {
    delete template.metadata.labels['cdk8s.io/metadata.addr'];
    delete template.spec.topologySpreadConstraints;
    delete template.spec.securityContext.seccompProfile;
  });
  return objects;
}

const ROWS = GROUPS.flatMap(({ rows }) => rows);

test.each(GROUPS)('the rows of $name are about tasks of their group', ({ rows, works }) => {
  const tasks = works({ library: '', earlier: '', scratch: '' }).map(({ name }) => name);
  expect([...needed(rows)].filter(task => !tasks.includes(task))).toEqual([]);
});

test('every row has its answer in the baseline, and every target has a row', () => {
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
  expect(Object.keys(baseline.ratios)).toEqual(ROWS.map(({ name }) => name));
  expect(Object.keys(TARGETS).filter(target => !ROWS.some(({ name }) => name === target))).toEqual([]);
});

test('docs/speed.md says what the baseline says', () => {
  const page = readFileSync(join(__dirname, '..', 'docs', 'speed.md'), 'utf8');
  expect(page).toBe(withFigures(page, baseline));
  expect(page).toContain(`| ${ROWS[0].name} | ${Object.values(baseline.ratios)[0].median} |`);
});

/** What each program writes for a size: objects of each kind, where they differ by program. */
const PROGRAM_SIZES: [ProgramName, number, Record<string, number>][] = [
  ['small', SIZE, { Service: SIZE, Deployment: 2 * SIZE, Sidecar: 1 + 2 * SIZE, VirtualService: 1 + SIZE }],
  ['large', 3, { Service: 3, Deployment: 15, DestinationRule: 3, VirtualService: 4 }],
  ['edge', 12, { Service: 13, Gateway: 2, VirtualService: 4 }],
  ['charts', 12, { Namespace: 2, Service: 12, Deployment: 12 }],
  ['hosts', 5, { Service: 1, Gateway: 1, VirtualService: 5 }],
  ['routes', 5, { Service: 1, Gateway: 1, VirtualService: 1 }],
  ['hub', 5, { Service: 6, AuthorizationPolicy: 7 }],
];

test('every program is tested', () => {
  expect(PROGRAM_SIZES.map(([name]) => name)).toEqual(Object.keys(PROGRAMS));
});

test.each(PROGRAM_SIZES)('%s: plain objects are those of the library, byte by byte', (program, size, expected) => {
  const written = text(LIBRARY, program, size);
  const kinds = [...written.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind);
  const counts = Object.fromEntries(Object.keys(expected).map(kind => [kind, kinds.filter(each => each === kind).length]));
  expect(counts).toEqual(expected);
  expect(text(PLAIN, program, size)).toBe(written);
  expect(text(CDK8S_SYNTHESIS, program, size)).toBe(written);
});

test('what is written by hand is what the library writes', () => {
  expect(withoutOwnWays(manifests(BY_HAND))).toEqual(withoutOwnWays(manifests(LIBRARY)));
});

describe('measure', () => {
  const work = (name: string, figures: number[], written = name) => {
    let runs = 0;
    return { name, writes: 'all', take: () => ({ figures: { ms: figures[runs++] }, text: () => written }) };
  };

  test('takes the figures of each round after one that warms up', async () => {
    const rounds = await measure([work('a', [100, 1, 2, 3], 'same'), work('b', [100, 2, 2, 2], 'same')], 3);
    const row = { name: 'a beside b', of: { work: 'a', figure: 'ms' }, to: { work: 'b', figure: 'ms' } };
    expect(answer(row, rounds)).toEqual({ low: 1, median: 1, high: 1.5 });
    expect(answer({ ...row, share: 10 }, rounds).median).toBe(0.1);
    expect(answer({ ...row, to: undefined, share: 2 }, rounds)).toEqual({ low: 1, median: 1, high: 1.5 });
  });

  test('refuses tasks that write other bytes', async () => {
    await expect(measure([work('a', [1]), work('b', [1])], 1)).rejects.toThrow('b writes other bytes than a');
  });
});

test('the page says whether a figure meets its target', () => {
  const page = (median: number) => withFigures('<!-- written by `npm run bench -- --update` -->\n<!-- end -->', {
    versions: { node: 'v20' }, ratios: { 'packed tarball, in MB': { low: 0.7, median, high: 0.8 }, 'a row without a target': { low: 1, median: 2, high: 3 } },
  });
  expect(page(0.7)).toContain('node v20\n');
  expect(page(0.7)).toContain('| packed tarball, in MB | 0.7 | 0.7 to 0.8 | ≤ 0.7: met |\n');
  expect(page(0.71)).toContain('| ≤ 0.7: missed |\n');
  expect(page(0.7)).toContain('| a row without a target | 2 | 1 to 3 |  |\n');
});
