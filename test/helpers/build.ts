import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshError, MeshPort, MeshService, MeshServiceProps, MeshVersion } from 'cdk8s-istio';

/** A synthesized object, as it would be written. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; [field: string]: unknown };
  // Tests look into objects of every kind.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

/** An App that is never written to disk. */
export function app(): App {
  return new App();
}

/** A chart whose namespace is `shop` by default; in a new App by default. */
export function chart(options: { scope?: Construct; id?: string; namespace?: string } = {}): Chart {
  const { scope = app(), id = 'chart', namespace = 'shop' } = options;
  return new Chart(scope, id, { namespace });
}

/** A version with one container. */
export function version(image = 'example.com/app:1'): MeshVersion {
  return MeshVersion.of({ containers: [{ image }] });
}

/** A service on HTTP port 8080 with versions v1 and v2. */
export function service(scope: Construct, id = 'reviews', overrides: Partial<MeshServiceProps> = {}): MeshService {
  return new MeshService(scope, id, { ports: [MeshPort.http(8080)], versions: { v1: version(), v2: version() }, ...overrides });
}

/** The objects of an App or a chart, validated and in the order in which they are written. */
export function synth(scope: App | Chart): KubeObject[] {
  return scope instanceof App ? scope.charts.flatMap(each => Testing.synth(each)) : Testing.synth(scope);
}

/** The one object of a kind, a name and, where said, a namespace. */
export function find(objects: KubeObject[], kind: string, name: string, namespace?: string): KubeObject {
  const found = findAll(objects, kind)
    .filter(({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace));
  if (found.length !== 1) {
    const known = findAll(objects, kind).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`).join(', ') || 'none';
    throw new Error(`${found.length} objects are ${kind} ${namespace ?? '*'}/${name}; there are: ${known}`);
  }
  return found[0];
}

/** All objects of a kind. */
export function findAll(objects: KubeObject[], kind: string): KubeObject[] {
  return objects.filter(object => object.kind === kind);
}

/** The refusal that the call throws. Fails where it throws none, or something else. */
export function refusal(call: () => unknown): MeshError {
  try {
    call();
  } catch (e) {
    if (e instanceof MeshError) return e;
    throw e;
  }
  throw new Error('the call was not refused');
}

/** What constructs say against being synthesized, in the order of the tree. */
export function messages(scope: Construct): string[] {
  return scope.node.findAll().flatMap(construct => construct.node.validate());
}

/** The text of every file that an App writes, by name. */
export function written(build: (app: App) => void): { [file: string]: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'manifests-'));
  try {
    const root = new App({ outdir });
    build(root);
    root.synth();
    return Object.fromEntries(readdirSync(outdir).sort().map(file => [file, readFileSync(join(outdir, file), 'utf8')]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
