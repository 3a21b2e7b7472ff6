import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import { parseAllDocuments } from 'yaml';
import { byVersionPriority, Crd, CRDS, importClasses, trim } from '../projenrc/import-crds';
import { writeOnce } from '../projenrc/l1-writers';

const IMPORTS = join(__dirname, '..', 'imports');
const files = readdirSync(CRDS).sort();
const crds = files.flatMap(file => parseAllDocuments(readFileSync(join(CRDS, file), 'utf8')).map(doc => doc.toJS() as Crd));

test('every kind of the pinned APIs is here, in one version', () => {
  expect(crds.map(({ spec }) => `${spec.group}/${spec.versions.map(v => v.name)} ${spec.names.kind}`)).toEqual([
    'cert-manager.io/v1 Certificate',
    'extensions.istio.io/v1alpha1 TrafficExtension',
    'extensions.istio.io/v1alpha1 WasmPlugin',
    'networking.istio.io/v1 DestinationRule',
    'networking.istio.io/v1alpha3 EnvoyFilter',
    'networking.istio.io/v1 Gateway',
    'networking.istio.io/v1beta1 ProxyConfig',
    'networking.istio.io/v1 ServiceEntry',
    'networking.istio.io/v1 Sidecar',
    'networking.istio.io/v1 VirtualService',
    'networking.istio.io/v1 WorkloadEntry',
    'networking.istio.io/v1 WorkloadGroup',
    'security.istio.io/v1 AuthorizationPolicy',
    'security.istio.io/v1 PeerAuthentication',
    'security.istio.io/v1 RequestAuthentication',
    'telemetry.istio.io/v1 Telemetry',
  ]);
});

/** What `cdk8s import` makes of the committed CRDs, by file. */
const imported: Record<string, string> = {};
beforeAll(() => {
  const scratch = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    importClasses(scratch);
    readdirSync(scratch).sort().forEach(file => imported[file] = readFileSync(join(scratch, file), 'utf8'));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}, 60_000);

test('the classes are what npm run import-crds makes of the committed CRDs, byte for byte', () => {
  const written = readdirSync(IMPORTS).filter(file => file.endsWith('.ts')).sort();
  expect(written).toEqual(Object.keys(imported));
  // Not toEqual on the texts: a difference of ten thousand lines is unreadable.
  expect(written.filter(file => readFileSync(join(IMPORTS, file), 'utf8') !== writeOnce(imported[file]))).toEqual([]);
});

/** A function of `cdk8s import`: the fields, with the function for each value that is an object, alone, in a list or in a map. */
const FUNCTION = /function (toJson_\w+)\(.*\n.*\n  const result = \{\n((?:    .*\n)*)/g;
type Fields = Record<string, { readonly type?: string; readonly isList: boolean; readonly isMap: boolean }>;

/** The functions of a text, by name. */
const fieldsOf = (text: string) => Object.fromEntries([...text.matchAll(FUNCTION)].map(([, name, lines]): [string, Fields] =>
  [name, Object.fromEntries([...lines.matchAll(/^.*?obj\.(\w+).*$/gm)].map(([line, field]) =>
    [field, { type: /toJson_\w+/.exec(line)?.[0], isList: line.includes('.map('), isMap: line.includes('Object.entries(') }]))]));

/** The functions of a text. */
function load(text: string): Record<string, (props: unknown) => unknown> {
  const exported = {};
  new Function('exports', 'require', transpile(text, { target: ScriptTarget.ES2022, module: ModuleKind.CommonJS }))(exported, require);
  return exported;
}

/** JSON, with the keys whose value is undefined. */
const json = (value: unknown) => JSON.stringify(value, (_, each) => each === undefined ? 'undefined' : each);

test('the functions that write objects once write what those of cdk8s import write', () => {
  let calls = 0;
  const isLeftOut = () => calls++ % 3 === 0;
  for (const text of Object.values(imported)) {
    const functions = fieldsOf(text);
    const value = (type?: string): unknown => type === undefined ? calls : Object.fromEntries(Object.entries(functions[type]).map(([field, its]) => {
      const one = () => isLeftOut() ? undefined : value(its.type);
      const many = () => its.isList ? [one(), value(its.type)] : its.isMap ? { b: one(), a: value(its.type), ['__proto__']: one() } : one();
      return [field, isLeftOut() ? undefined : many()];
    }));

    const [theirs, ours] = [load(text), load(writeOnce(text))];
    expect(Object.keys(functions).length).toBeGreaterThan(15);
    for (const name of Object.keys(functions)) {
      const given = Array.from({ length: 10 }, () => value(name));
      expect([name, ...given.map(props => json(ours[name](props)))]).toEqual([name, ...given.map(props => json(theirs[name](props)))]);
      expect(ours[name](undefined)).toBe(theirs[name](undefined));
    }
  }
});

test('another form of cdk8s import is refused', () => {
  expect(() => writeOnce('export function toJson_A(obj: A | undefined) { return Object.entries(obj).reduce(x); }')).toThrow('another form');
});

test('the classes stand on cdk8s and constructs alone', () => {
  for (const file of files.map(name => name.replace('.yaml', '.ts'))) {
    const from = [...readFileSync(join(IMPORTS, file), 'utf8').matchAll(/^import .* from '(.*)';$/gm)].map(match => match[1]);
    expect(from).toEqual(['cdk8s', 'constructs']);
  }
});

test('trimming keeps v1, else the newest, whatever comes first', () => {
  expect(['v1alpha1', 'v1beta1', 'v1', 'v1alpha3', 'v1beta2', 'v2alpha1'].sort(byVersionPriority))
    .toEqual(['v1', 'v1beta2', 'v1beta1', 'v2alpha1', 'v1alpha3', 'v1alpha1']);

  const version = (name: string) => ({ name, served: false, storage: false, schema: { openAPIV3Schema: {} } });
  const crd = { ...crds[0], spec: { ...crds[0].spec, versions: [version('v1alpha3'), version('v1beta1')] } };
  expect(trim(crd).spec.versions).toEqual([{ ...version('v1beta1'), served: true, storage: true }]);
});
