import { mkdirSync } from 'fs';
import { dirname, join } from 'path';
import { App, Chart, Yaml, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { placeOf, withNames } from './output-files';

/**
 * Writes the manifests of an App into a folder for each cluster, in files as the App's `yamlOutputType` says. Nothing is written
 * of what is refused, and nothing is removed.
 *
 * @param clusterOf the cluster of a chart; it refuses a chart that belongs to none
 */
export function writeFolders(app: App, clusterOf: (chart: Chart) => IConstruct): void {
  const charts = app.charts;
  const nameOf = (chart: Chart) => chart.node.path.slice(clusterOf(chart).node.path.length + 1).replace(/\//g, '.');
  charts.forEach(clusterOf);
  const files = new Map<string, unknown[]>();
  const open = (chart: Chart, object: { kind: string; name?: string }) => {
    const file = join(...placeOf(app, chart, object));
    const objects = files.get(file) ?? [];
    files.set(file, objects);
    return objects;
  };
  withNames(app, { clusterOf, nameOf }, () => {
    for (const chart of charts) {
      // As with app.synth(), a chart without objects has its file, too.
      if (app.yamlOutputType === YamlOutputType.FILE_PER_APP || app.yamlOutputType === YamlOutputType.FILE_PER_CHART) {
        open(chart, { kind: '' });
      }
      // To render a chart validates the whole App: nothing is written before all are rendered.
      chart.toJson().forEach(object => open(chart, { kind: object.kind, name: object.metadata.name }).push(object));
    }
  });
  for (const [file, objects] of files) {
    const path = join(app.outdir, file);
    mkdirSync(dirname(path), { recursive: true });
    Yaml.save(path, objects);
  }
}
