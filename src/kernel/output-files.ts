import { ApiObject, App, Chart, Names, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { checkAtSynthesis } from './collect-errors';
import { OutputNames } from './output-names';
import { appRegistryOf } from './registry-store';
import { identityOf, ObjectIdentity } from './written-object';
import { MeshError } from '../diagnostics/mesh-error';
import { apiObjectsOf, chartsOf } from '../synthesis/app-tree';

/** The longest file name of Linux, macOS and Windows. */
const LONGEST_FILE_NAME = 255;

/** The names of files of `app.synth()`. cdk8s adds a number in front if charts depend on each other. */
const BY_CDK8S: OutputNames = {
  clusterOf: () => undefined,
  nameOf: chart => {
    const { chartNames } = appRegistryOf(chart, AppRegistry);
    const name = chartNames.get(chart) ?? Names.toDnsLabel(chart);
    chartNames.set(chart, name);
    return name;
  },
};

/** Calls a function while the files of the App have other names than those of `app.synth()`. */
export function withNames(app: App, names: OutputNames, call: () => void): void {
  const { output } = appRegistryOf(app, AppRegistry);
  output.names = names;
  try {
    call();
  } finally {
    output.names = undefined;
  }
}

/** Whether every object has a separate file. */
function isPerObject({ yamlOutputType }: App): boolean {
  return yamlOutputType === YamlOutputType.FILE_PER_RESOURCE || yamlOutputType === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
}

/** The folders and the file of an object of a chart, below the App's output folder. */
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

/** Makes the App refuse, at synthesis, files that overwrite each other, and invalid file names. */
export function watchOutput(root: IConstruct): void {
  const { output } = appRegistryOf(root, AppRegistry);
  if (!output.isChecked && 'yamlOutputType' in root) {
    output.isChecked = true;
    checkAtSynthesis(root, () => problemsOf(root as App).map(({ message }) => message));
  }
}

/** An object or chart with a file: its own, or one for all charts. */
interface Unit {
  readonly of: ApiObject | Chart;
  readonly chart: Chart;
  readonly place: string[];
}

function problemsOf(app: App): MeshError[] {
  const units = isPerObject(app)
    ? apiObjectsOf(app).map(of => ({ of, chart: of.chart, place: placeOf(app, of.chart, identityOf(of)) }))
    : chartsOf(app).map(of => ({ of, chart: of, place: placeOf(app, of, { kind: '' }) }));
  const unusable = units.flatMap(unusableName);
  const isShared = app.yamlOutputType === YamlOutputType.FILE_PER_APP;
  return unusable.length > 0 ? unusable : [...sharedFolders(app, units), ...isShared ? [] : sharedFiles(app, units)];
}

function unusableName({ of, place }: Unit): MeshError[] {
  const long = place.find(name => Buffer.byteLength(name) > LONGEST_FILE_NAME);
  if (long !== undefined) {
    return [new MeshError('IM0106', of, {
      problem: 'the name of its file or folder is too long for file systems', got: long, allowed: `at most ${LONGEST_FILE_NAME} bytes`, next: 'shorten the id or the name',
    })];
  }
  const elsewhere = place.find(name => name === '.' || name === '..');
  return elsewhere === undefined ? [] : [new MeshError('IM0106', of, {
    problem: 'the name of its folder is a path to another folder', got: elsewhere, next: 'give the chart and its cluster other ids',
  })];
}

/** The name on a file system that ignores case. */
function onDisk(...place: string[]): string {
  return place.join('/').normalize('NFC').toLowerCase();
}

/** Refuses clusters whose folders overlap. */
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
      problem: `its folder is that of ${other.node.path} on file systems that ignore case`, got: cluster.node.id, next: 'rename one of the two clusters',
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
    const [file, otherFile] = [unit, other].map(({ place }) => place.join('/'));
    return [new MeshError('IM1015', unit.of, {
      problem: `${file} is also the file of ${other.of.node.path}${file === otherFile ? '' : `, ${otherFile}, on file systems that ignore case`}`,
      next: isPerObject(app) ? nextForObjects(unit, other) : 'rename one of the two charts',
    })];
  });
}

function nextForObjects(one: Unit, other: Unit): string {
  const [here, there] = [one, other].map(({ chart }) => chart.node.scopes[1]);
  return here !== there && ![here, there].some(Chart.isChart)
    ? 'call MeshCluster.synthFolders(app) instead of app.synth(): it writes one folder for each cluster'
    : 'use YamlOutputType.FILE_PER_CHART or FILE_PER_APP, which keep both objects, or rename one of the two';
}
