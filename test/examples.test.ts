import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { validateIstioObject } from './helpers/shared';

const EXAMPLES = join(__dirname, '..', 'examples');
const names = readdirSync(EXAMPLES, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name).sort();

/** The files below a folder, by path. */
const texts = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => statSync(join(folder, file)).isFile()).sort()
    .map(file => [file, readFileSync(join(folder, file), 'utf8')]));

/** Runs an example as it is, but has its App write somewhere else: a test changes no file of the tree. */
function synthesize(name: string): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    const { App } = jest.requireActual<typeof import('cdk8s')>('cdk8s'); // the one that the example will get
    Object.defineProperty(App.prototype, 'outdir', { get: () => outdir, set: () => undefined, configurable: true });
    jest.requireActual(join(EXAMPLES, name, 'main.ts'));
    return texts(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test('every folder of examples is an example', () => {
  expect(names.filter(name => !existsSync(join(EXAMPLES, name, 'main.ts')))).toEqual([]);
});

// All examples of a group share the modules of the library, which take longer to load than an example to run.
describe.each([['the library', true], ['cdk8s', false]])('synthesized by %s', (_, isKnown) => {
  beforeAll(() => {
    jest.resetModules();
    jest.doMock('../src/synthesis/cdk8s-release', () => ({ isKnownCdk8s: () => isKnown }));
  });

  test.each(names)('the committed manifests of %s are what it writes (npm run synth)', name => {
    expect(synthesize(name)).toEqual(texts(join(EXAMPLES, name, 'manifests')));
  });
});

test.each(names)('the Istio objects of %s are valid against the pinned CRDs', name => {
  const objects = Object.values(texts(join(EXAMPLES, name, 'manifests'))).flatMap(text => parseAllDocuments(text).map(doc => doc.toJS()));
  const istio = objects.filter(obj => /istio\.io\//.test(obj.apiVersion));
  expect(istio.length).toBeGreaterThan(0);
  expect(istio.flatMap(validateIstioObject)).toEqual([]);
});
