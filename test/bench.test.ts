import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import baseline from '../bench/baseline.json';
import { withFigures } from '../bench/page';
import { QUESTIONS, works } from '../bench/questions';
import { BY_HAND, LIBRARY, PLAIN, sides } from '../bench/sides';
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

/** What a side writes, by kind and name. */
function manifests(name: string): Record<string, Manifest> {
  const side = sides(library).find(each => each.name === name)!;
  const objects = parseAllDocuments(side.prepare(SIZE)()).map(document => document.toJS() as Manifest);
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

test('every question is about works that are done, and has its answer in the baseline', () => {
  const names = works(library).map(({ name }) => name);
  expect(QUESTIONS.flatMap(({ of, to }) => [of, to]).filter(name => !names.includes(name))).toEqual([]);
  expect(Object.keys(baseline.ratios)).toEqual(QUESTIONS.map(({ name }) => name));
});

test('docs/speed.md says what the baseline says', () => {
  const page = readFileSync(join(__dirname, '..', 'docs', 'speed.md'), 'utf8');
  expect(page).toBe(withFigures(page, baseline.ratios));
  expect(page).toContain(`| ${QUESTIONS[0].name} | ${Object.values(baseline.ratios)[0].median} |`);
});

test('plain objects are those of the library', () => {
  expect(Object.keys(manifests(LIBRARY))).toHaveLength(6 + 9 * SIZE);
  expect(manifests(PLAIN)).toEqual(manifests(LIBRARY));
});

test('what is written by hand is what the library writes', () => {
  expect(withoutOwnWays(manifests(BY_HAND))).toEqual(withoutOwnWays(manifests(LIBRARY)));
});
