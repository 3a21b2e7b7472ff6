/**
 * Writes `imports/`: the CRDs of the pinned releases of Istio and cert-manager, trimmed to one version a kind, and the
 * L1 classes that `cdk8s import` generates from them, with faster functions (`l1-writers.ts`). Also writes CRDs of other projects, which check the manifests of examples.
 *
 *   npm run import-crds               fetch the CRDs (needs Go), trim, generate
 *   npm run import-crds -- --offline  generate from the trimmed CRDs that are committed (Node only)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { writeOnce } from './l1-writers';

/** The CRDs of the L1 classes: Go modules, and the files in them. No other file pins them. */
const SOURCES: readonly { readonly module: string; readonly file: string }[] = [
  { module: 'istio.io/api@v1.31.1', file: 'kubernetes/customresourcedefinitions.gen.yaml' },
  { module: 'github.com/cert-manager/cert-manager@v1.21.2', file: 'deploy/crds/cert-manager.io_certificates.yaml' },
];

/** CRDs that only check the manifests of an example. They have no L1 classes, and no status. */
const EXAMPLES: readonly { readonly module: string; readonly file: string; readonly to: string; readonly without?: readonly string[] }[] = [
  { module: 'github.com/fluxcd/helm-controller@v1.4.0', file: 'config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml', to: 'istio-install/crds/helmreleases.yaml' },
  { module: 'github.com/fluxcd/source-controller@v1.9.2', file: 'config/crd/bases/source.toolkit.fluxcd.io_helmrepositories.yaml', to: 'istio-install/crds/helmrepositories.yaml' },
  { module: 'github.com/argoproj/argo-cd/v3@v3.3.0', file: 'manifests/crds/application-crd.yaml', to: 'istio-install/crds/applications.yaml', without: ['operation', 'status'] },
];

const ROOT = join(__dirname, '..');
const IMPORTS = join(ROOT, 'imports');
export const CRDS = join(IMPORTS, 'crds');

/** The fields of a CustomResourceDefinition that this file reads. */
export interface Crd {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
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
 * One version for each kind: `v1` if it exists, otherwise the newest. With several versions, the plain class name would mean
 * the first version of the CRD, and the generated code would be three times as long.
 */
export function trim(crd: Crd): Crd {
  const newest = [...crd.spec.versions].sort((a, b) => byVersionPriority(a.name, b.name))[0];
  return { ...crd, spec: { ...crd.spec, versions: [{ ...newest, served: true, storage: true }] } };
}

/** The CRDs in a file of a pinned module. */
function fetchCrds(module: string, file: string): Crd[] {
  const scratch = mkdtempSync(join(tmpdir(), 'crds-')); // outside any Go module, whose go.mod would interfere
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: scratch, encoding: 'utf8' }));
  rmSync(scratch, { recursive: true });

  const text = readFileSync(join(Dir, file), 'utf8');
  return parseAllDocuments(text).map(doc => doc.toJS() as Crd | null).filter(crd => crd?.kind === 'CustomResourceDefinition') as Crd[];
}

/** A CRD that checks manifests: one version, without descriptions and status. */
function lean(crd: Crd, without: readonly string[]): unknown {
  const { names, group, scope, versions: [{ name, schema }] } = trim(crd).spec;
  const { properties, ...rest } = wordless(schema.openAPIV3Schema) as { properties: Record<string, unknown> };
  const kept = Object.fromEntries(Object.entries(properties).filter(([property]) => !without.includes(property)));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: crd.kind,
    metadata: { name: crd.metadata.name },
    spec: { group, names, scope, versions: [{ name, served: true, storage: true, schema: { openAPIV3Schema: { properties: kept, ...rest } } }] },
  };
}

/** A schema without descriptions. A property with the name `description` stays. */
function wordless(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(wordless);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key, value]) => key !== 'description' || typeof value !== 'string').map(([key, value]) => [key, wordless(value)]));
}

/** The trimmed CRDs of a pinned module, one YAML text for each API group. */
function fetchTrimmed({ module, file }: typeof SOURCES[number]): [group: string, text: string][] {
  const crds = fetchCrds(module, file);
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

/** Writes the classes of each trimmed file, `<group>.ts`, into a folder. */
function generate(outdir: string): void {
  importClasses(outdir);
  for (const file of readdirSync(outdir).filter(name => name.endsWith('.ts'))) {
    writeFileSync(join(outdir, file), writeOnce(readFileSync(join(outdir, file), 'utf8')));
  }
}

/** Runs `cdk8s import` on each trimmed file. */
export function importClasses(outdir: string): void {
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
    for (const { module, file, to, without = [] } of EXAMPLES) {
      const [crd] = fetchCrds(module, file);
      const left = without.length > 0 ? `without descriptions, ${without.join(' and ')}` : 'without descriptions';
      writeFileSync(join(ROOT, 'examples', to), `# ${module}, one version, ${left}: npm run import-crds\n${stringify(lean(crd, without), { lineWidth: 0, aliasDuplicateObjects: false })}`);
    }
  }
  generate(IMPORTS);
  console.log(readdirSync(IMPORTS).filter(file => file.endsWith('.ts')).map(file => basename(file)).join('\n'));
}

if (require.main === module) main(process.argv.includes('--offline'));
