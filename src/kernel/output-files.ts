import { ApiObject, App, Chart, Names, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { OutputNames } from './output-names';
import { appRegistryOf } from './registry-store';
import { identityOf, ObjectIdentity } from './written-object';
import { MeshError } from '../diagnostics/mesh-error';

/** What Linux, macOS and Windows take. */
const LONGEST_FILE_NAME = 255;

/** The names that `app.synth()` gives. cdk8s puts a number before them where charts depend on each other. */
const BY_CDK8S: OutputNames = {
  clusterOf: () => undefined,
  nameOf: chart => {
    const { chartNames } = appRegistryOf(chart, AppRegistry);
    const name = chartNames.get(chart) ?? Names.toDnsLabel(chart);
    chartNames.set(chart, name);
    return name;
  },
};

/** Calls while the files of the App have other names than those of `app.synth()`. */
export function withNames(app: App, names: OutputNames, call: () => void): void {
  const { output } = appRegistryOf(app, AppRegistry);
  output.names = names;
  try {
    call();
  } finally {
    output.names = undefined;
  }
}

/** Whether every object has a file of its own. */
function isPerObject({ yamlOutputType }: App): boolean {
  return yamlOutputType === YamlOutputType.FILE_PER_RESOURCE || yamlOutputType === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
}

/** The folders and the file below the App's output folder where an object of a chart goes. */
export function placeOf(app: App, chart: Chart, object: Pick<ObjectIdentity, 'kind' | 'name'>): string[] {
  const names = appRegistryOf(app, AppRegistry).output.names ?? BY_CDK8S;
  const cluster = names.clusterOf(chart);
  const single = () => `${object.kind}.${object.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
  const place = {
    [YamlOutputType.FILE_PER_APP]: () => ['app'],
    [YamlOutputType.FILE_PER_CHART]: () => [names.nameOf(chart)],
    [YamlOutputType.FILE_PER_RESOURCE]: () => [single()],
    [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]: () => [names.nameOf(chart), single()],
  }[app.yamlOutputType]();
  const file = `${place.pop()}${app.outputFileExtension}`;
  return [...cluster ? [cluster.node.id] : [], ...place, file];
}

/** Has the App refuse, at synthesis, what would be written over something else, or under a name that no file has. */
export function watchOutput(root: IConstruct): void {
  const { output } = appRegistryOf(root, AppRegistry);
  if (!output.isChecked && 'yamlOutputType' in root) {
    output.isChecked = true;
    root.node.addValidation({ validate: () => problemsOf(root as App).map(({ message }) => message) });
  }
}

/** What has a file of its own, or with the other charts one for all. */
interface Unit {
  readonly of: ApiObject | Chart;
  readonly chart: Chart;
  readonly place: string[];
}

function problemsOf(app: App): MeshError[] {
  const all = app.node.findAll();
  const units = isPerObject(app)
    ? all.filter(ApiObject.isApiObject).map(of => ({ of, chart: of.chart, place: placeOf(app, of.chart, identityOf(of)) }))
    : all.filter(Chart.isChart).map(of => ({ of, chart: of, place: placeOf(app, of, { kind: '' }) }));
  const unusable = units.flatMap(unusableName);
  const isShared = app.yamlOutputType === YamlOutputType.FILE_PER_APP;
  return unusable.length > 0 ? unusable : [...sharedFolders(app, units), ...isShared ? [] : sharedFiles(app, units)];
}

function unusableName({ of, place }: Unit): MeshError[] {
  const long = place.find(name => Buffer.byteLength(name) > LONGEST_FILE_NAME);
  if (long !== undefined) {
    return [new MeshError('IM0106', of, {
      problem: 'no file system takes the name of its file or folder', got: long, allowed: `at most ${LONGEST_FILE_NAME} bytes`, next: 'shorten the id or the name',
    })];
  }
  const elsewhere = place.find(name => name === '.' || name === '..');
  return elsewhere === undefined ? [] : [new MeshError('IM0106', of, {
    problem: 'the name of its folder is a path to another folder', got: elsewhere, next: 'give the chart and its cluster other ids',
  })];
}

/** The same name on a disk that takes capitals and small letters for one. */
function onDisk(...place: string[]): string {
  return place.join('/').normalize('NFC').toLowerCase();
}

/** The manifests of one cluster must not be found among those of another. */
function sharedFolders(app: App, units: Unit[]): MeshError[] {
  const { names } = appRegistryOf(app, AppRegistry).output;
  const clusters = new Set(units.flatMap(({ chart }) => names?.clusterOf(chart) ?? []));
  const first = new Map<string, IConstruct>();
  return [...clusters].flatMap(cluster => {
    const other = first.get(onDisk(cluster.node.id));
    if (!other) {
      first.set(onDisk(cluster.node.id), cluster);
      return [];
    }
    return [new MeshError('IM1015', cluster, {
      problem: `its folder is that of ${other.node.path} where capitals and small letters are one`, got: cluster.node.id, next: 'rename one of the two clusters',
    })];
  });
}

function sharedFiles(app: App, units: Unit[]): MeshError[] {
  const first = new Map<string, Unit>();
  return units.flatMap(unit => {
    const key = onDisk(...unit.place);
    const other = first.get(key);
    if (!other) {
      first.set(key, unit);
      return [];
    }
    const [file, its] = [unit, other].map(({ place }) => place.join('/'));
    return [new MeshError('IM1015', unit.of, {
      problem: `${file} is the file of ${other.of.node.path} as well${file === its ? '' : `, ${its}, where capitals and small letters are one`}`,
      next: isPerObject(app) ? nextForObjects(unit, other) : 'rename one of the two charts',
    })];
  });
}

function nextForObjects(one: Unit, other: Unit): string {
  const [here, there] = [one, other].map(({ chart }) => chart.node.scopes[1]);
  return here !== there && ![here, there].some(Chart.isChart)
    ? 'call MeshCluster.synthFolders(app) in place of app.synth(): each cluster has a folder there'
    : 'use YamlOutputType.FILE_PER_CHART or FILE_PER_APP, which keep both, or rename one of the two';
}
