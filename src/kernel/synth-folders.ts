import { mkdirSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { App, Chart, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { safeOrder } from './chart-needs';
import { rankOf } from './order';
import { placeOf, withNames } from './output-files';
import { MeshError } from '../diagnostics/mesh-error';
import { ManifestText } from '../synthesis/manifest-text';
import { Rendered, renderCharts } from '../synthesis/synthesis';

/** The contents of a folder. */
interface FolderCluster extends IConstruct {
  readonly clusterDomain: string;
}

/** A file to write, and its construct. */
interface OutputFile {
  readonly cluster: FolderCluster;
  readonly chart: Chart;
  readonly objects: Rendered[];
}

/**
 * Writes the manifests of an App into one folder for each cluster, in files according to the App's `yamlOutputType`. If a check fails, nothing is
 * written. Existing files are not removed.
 *
 * Tools apply the files of a folder by name. If that order would lose requests, the files of charts get numbers, like those that cdk8s adds if
 * charts depend on each other.
 *
 * @param clusterOf the cluster of a chart; it refuses a chart outside of a cluster
 */
export function writeFolders(app: App, clusterOf: (chart: Chart) => FolderCluster): void {
  const nameOf = (chart: Chart) => chart.node.path.slice(clusterOf(chart).node.path.length + 1).replace(/\//g, '.');
  app.node.findAll().filter(Chart.isChart).forEach(clusterOf);
  const files = new Map<string, OutputFile>();
  const open = (chart: Chart, object: { kind: string; name?: string }) => {
    const file = join(...placeOf(app, chart, object));
    const opened = files.get(file) ?? { cluster: clusterOf(chart), chart, objects: [] };
    files.set(file, opened);
    return opened.objects;
  };
  withNames(app, { clusterOf, nameOf }, () => {
    renderCharts(app, ({ chart, objects }) => {
      // As with app.synth(), a chart without objects also has a file.
      if (app.yamlOutputType === YamlOutputType.FILE_PER_APP || app.yamlOutputType === YamlOutputType.FILE_PER_CHART) {
        open(chart, { kind: '' });
      }
      for (const object of objects) {
        open(chart, { kind: object.manifest.kind, name: object.manifest.metadata.name }).push(object);
      }
    });
  });
  if (app.yamlOutputType === YamlOutputType.FILE_PER_APP && !hasDependencies(app)) {
    files.forEach(({ objects }) => objects.sort((a, b) => rankOf(a.manifest) - rankOf(b.manifest)));
  }
  const numbers = app.yamlOutputType === YamlOutputType.FILE_PER_CHART ? numbered(files) : new Map<string, string>();
  const text = new ManifestText();
  const texts = [...files].map(([file, { objects }]) => [numbers.get(file) ?? file, ManifestText.joined(objects.map(object => text.of(object)))]);
  for (const [file, content] of texts) {
    const path = join(app.outdir, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** Whether a user sets the order of charts. */
function hasDependencies(app: App): boolean {
  return app.node.findAll().some(({ node }) => node.dependencies.length > 0);
}

/** The names with numbers of the files of clusters whose files are not safe to apply by name. */
function numbered(files: Map<string, OutputFile>): Map<string, string> {
  const clusters = new Map<FolderCluster, string[]>();
  files.forEach(({ cluster }, file) => clusters.set(cluster, [...clusters.get(cluster) ?? [], file]));
  const names = new Map<string, string>();
  for (const [{ clusterDomain }, own] of clusters) {
    const order = safeOrder(own.map(name => ({ name, objects: files.get(name)!.objects.map(({ manifest }) => manifest) })), clusterDomain);
    if (order.some((name, i) => name !== [...own].sort()[i])) {
      order.forEach((file, i) => names.set(file, withNumber(file, i, files.get(file)!.chart)));
    }
  }
  return names;
}

function withNumber(file: string, place: number, chart: Chart): string {
  const name = `${String(place).padStart(4, '0')}-${file.slice(dirname(file).length + 1)}`;
  if (Buffer.byteLength(name) > 255) {
    throw new MeshError('IM0106', chart, { problem: 'the name of its file, with its number, is too long for file systems', got: name, allowed: 'at most 255 bytes', next: 'shorten the id' });
  }
  return join(dirname(file), name);
}
