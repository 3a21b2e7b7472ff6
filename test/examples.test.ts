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

/**
 * Runs an example as it is, but has its App write somewhere else: a test changes no file of the tree.
 *
 * @param isKnown whether the library synthesizes the App, or leaves that to an unknown release of cdk8s
 */
function synthesize(name: string, isKnown: boolean): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    jest.isolateModules(() => {
      jest.doMock('../src/synthesis/cdk8s-release', () => ({ isKnownCdk8s: () => isKnown }));
      const { App } = jest.requireActual<typeof import('cdk8s')>('cdk8s'); // the one that the example will get
      Object.defineProperty(App.prototype, 'outdir', { get: () => outdir, set: () => undefined });
      jest.requireActual(join(EXAMPLES, name, 'main.ts'));
    });
    return texts(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test('every folder of examples is an example', () => {
  expect(names.filter(name => !existsSync(join(EXAMPLES, name, 'main.ts')))).toEqual([]);
});

for (const name of names) {
  describe(name, () => {
    test.each([['the library', true], ['cdk8s', false]])('its committed manifests are what it writes (npm run synth), synthesized by %s', (_, isKnown) => {
      expect(synthesize(name, isKnown)).toEqual(texts(join(EXAMPLES, name, 'manifests')));
    });

    test('its Istio objects are valid against the pinned CRDs', () => {
      const objects = Object.values(texts(join(EXAMPLES, name, 'manifests'))).flatMap(text => parseAllDocuments(text).map(doc => doc.toJS()));
      const istio = objects.filter(obj => /istio\.io\//.test(obj.apiVersion));
      expect(istio.length).toBeGreaterThan(0);
      expect(istio.flatMap(validateIstioObject)).toEqual([]);
    });
  });
}
