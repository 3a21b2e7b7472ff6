/**
 * Writes `imports/`: the CRDs of the pinned releases of Istio and cert-manager, trimmed to one version a kind, and the
 * L1 classes that `cdk8s import` makes of them.
 *
 *   npm run import-crds               fetch the CRDs (needs Go), trim, generate
 *   npm run import-crds -- --offline  generate from the trimmed CRDs that are committed (Node only)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

/** The one place that says which CRDs the L1 classes follow: Go modules, and the files in them. */
const SOURCES: readonly { readonly module: string; readonly file: string }[] = [
  { module: 'istio.io/api@v1.31.1', file: 'kubernetes/customresourcedefinitions.gen.yaml' },
  { module: 'github.com/cert-manager/cert-manager@v1.21.2', file: 'deploy/crds/cert-manager.io_certificates.yaml' },
];

const ROOT = join(__dirname, '..');
const IMPORTS = join(ROOT, 'imports');
export const CRDS = join(IMPORTS, 'crds');

/** As much of a CustomResourceDefinition as we look at. */
export interface Crd {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: CrdVersion[];
  };
}

export interface CrdVersion {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: unknown };
  [field: string]: unknown;
}

/** Kubernetes' own order: v1 before v1beta1 before v1alpha3 before v1alpha1. */
export function byVersionPriority(a: string, b: string): number {
  const rank = (version: string) => {
    const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)!;
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
}

/**
 * One version a kind: `v1` where there is one, else the newest. Otherwise the plain class name would mean
 * whichever version the CRD lists first, and the generated code would be three times as long.
 */
export function trim(crd: Crd): Crd {
  const newest = [...crd.spec.versions].sort((a, b) => byVersionPriority(a.name, b.name))[0];
  return { ...crd, spec: { ...crd.spec, versions: [{ ...newest, served: true, storage: true }] } };
}

/** The trimmed CRDs of a pinned module, one YAML text an API group. */
function fetchTrimmed({ module, file }: typeof SOURCES[number]): [group: string, text: string][] {
  const scratch = mkdtempSync(join(tmpdir(), 'crds-')); // outside any Go module, whose go.mod would interfere
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: scratch, encoding: 'utf8' }));
  rmSync(scratch, { recursive: true });

  const text = readFileSync(join(Dir, file), 'utf8');
  const crds = parseAllDocuments(text).map(doc => doc.toJS() as Crd | null).filter(crd => crd?.kind === 'CustomResourceDefinition') as Crd[];
  const groups = [...new Set(crds.map(crd => crd.spec.group))].sort();
  return groups.map(group => [
    group,
    `# ${module}, one version a kind: npm run import-crds\n` + crds
      .filter(crd => crd.spec.group === group)
      .sort((a, b) => a.metadata.name < b.metadata.name ? -1 : 1)
      .map(crd => stringify(trim(crd), { lineWidth: 0, aliasDuplicateObjects: false }))
      .join('---\n'),
  ]);
}

/** Runs `cdk8s import` on each trimmed file, and writes `<group>.ts` into a folder. */
export function generate(outdir: string): void {
  const cli = join(ROOT, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
  for (const file of readdirSync(CRDS).sort()) {
    // The path given here is printed in the header of the generated file, so it must not depend on the machine.
    const args = [cli, 'import', `imports/crds/${file}`, '--language', 'typescript', '--output', outdir, '--no-save', '--no-check-upgrade'];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'pipe' });
  }
}

function main(offline: boolean): void {
  if (!offline) {
    rmSync(CRDS, { recursive: true, force: true });
    mkdirSync(CRDS, { recursive: true });
    for (const [group, text] of SOURCES.flatMap(fetchTrimmed)) writeFileSync(join(CRDS, `${group}.yaml`), text);
  }
  generate(IMPORTS);
  console.log(readdirSync(IMPORTS).filter(file => file.endsWith('.ts')).map(file => basename(file)).join('\n'));
}

if (require.main === module) main(process.argv.includes('--offline'));
