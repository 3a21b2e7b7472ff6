import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { byVersionPriority, Crd, CRDS, generate, trim } from '../projenrc/import-crds';

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

test('the classes are what cdk8s import makes of the committed CRDs, byte for byte', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    generate(scratch);
    const written = (folder: string) => readdirSync(folder).filter(file => file.endsWith('.ts')).sort();
    expect(written(scratch)).toEqual(files.map(file => file.replace('.yaml', '.ts')));
    expect(written(IMPORTS)).toEqual(written(scratch));
    for (const file of written(scratch)) {
      // Not toEqual on the texts: a difference of ten thousand lines is unreadable.
      expect([file, readFileSync(join(IMPORTS, file), 'utf8') === readFileSync(join(scratch, file), 'utf8')]).toEqual([file, true]);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}, 60_000);

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
