import { ApiObject, Chart, DependencyGraph } from 'cdk8s';
import { IConstruct } from 'constructs';
import { constructsOf } from './app-tree';
import { sorted } from './object-order';

/** The charts of an App, in the order in which cdk8s writes them. */
export interface OrderedCharts {
  readonly charts: Chart[];
  /** Whether cdk8s puts numbers before the names of their files. */
  readonly areNumbered: boolean;
  /** The objects of a chart in the order in which cdk8s writes them. Objects of charts below it are not among them. */
  readonly objectsOf: (chart: Chart) => ApiObject[];
}

/** The charts of an App. Dependencies between constructs become dependencies of their charts and objects, as in cdk8s. */
export function orderedCharts(app: IConstruct): OrderedCharts {
  const all = constructsOf(app);
  if (!all.some(hasDependencies) && !all.some(isNested)) {
    const objects = byChart(all);
    return { charts: numbersFirst(all.filter(Chart.isChart)), areNumbered: false, objectsOf: chart => sorted(chart, objects.get(chart) ?? []) };
  }
  const areNumbered = spreadDependencies(all);
  return {
    charts: ordered(app, all).filter(Chart.isChart),
    areNumbered,
    objectsOf: chart => ordered(chart, chart.node.findAll()).filter(ApiObject.isApiObject).filter(object => object.chart === chart),
  };
}

function hasDependencies({ node }: IConstruct): boolean {
  return node.dependencies.length > 0;
}

/** cdk8s makes a chart depend on the charts below it. */
function isNested(construct: IConstruct): boolean {
  return Chart.isChart(construct) && Chart.isChart(construct.node.scope);
}

function byChart(all: readonly IConstruct[]): Map<Chart, ApiObject[]> {
  const objects = new Map<Chart, ApiObject[]>();
  for (const construct of all) {
    if (ApiObject.isApiObject(construct)) {
      const own = objects.get(construct.chart);
      if (own) {
        own.push(construct);
      } else {
        objects.set(construct.chart, [construct]);
      }
    }
  }
  return objects;
}

/** A construct that depends on another one. */
interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

function dependenciesOf(constructs: readonly IConstruct[]): Dependency[] {
  return constructs.flatMap(source => source.node.dependencies.map(target => ({ source, target })));
}

/** What cdk8s does before it writes a chart. Returns whether a chart depends on another one. */
function spreadDependencies(all: readonly IConstruct[]): boolean {
  let areNumbered = false;
  for (const parent of all.filter(Chart.isChart)) {
    for (const child of parent.node.children.filter(Chart.isChart)) {
      parent.node.addDependency(child);
      areNumbered = true;
    }
  }
  for (const { source, target } of dependenciesOf(all)) {
    const [from, to] = [Chart.of(source), Chart.of(target)];
    if (from !== to) {
      from.node.addDependency(to);
      areNumbered = true;
    }
  }
  for (const { source, target } of dependenciesOf(all)) {
    const [from, to] = [source, target].map(ownObjects);
    from.forEach(object => object.node.addDependency(...to.filter(other => other !== object)));
  }
  return areNumbered;
}

/** The objects of a construct in its own chart. */
function ownObjects(construct: IConstruct): ApiObject[] {
  const chart = Chart.of(construct);
  return construct.node.findAll().filter(ApiObject.isApiObject).filter(object => object.chart === chart);
}

/**
 * The constructs of a scope, each after those that it depends on.
 *
 * cdk8s' graph follows a dependency again on every path to it, which takes exponential time. This walk visits each construct once. The order is the
 * same, because cdk8s also adds a construct where it meets it first.
 */
function ordered(scope: IConstruct, all: readonly IConstruct[]): IConstruct[] {
  const dependencies = dependenciesOf(all);
  const vertices: { [path: string]: IConstruct } = Object.fromEntries(all.map(construct => [construct.node.path, construct]));
  const needed = new Map<IConstruct, Set<IConstruct>>(all.map(construct => [construct, new Set()]));
  const dependants = new Set<IConstruct>();
  for (const { source, target } of dependencies) {
    const known = vertices[target.node.path];
    if (known) {
      needed.get(source)!.add(known);
      dependants.add(known);
    }
  }
  const result = new Set<IConstruct>();
  const open = new Set<IConstruct>();
  const visit = (construct: IConstruct): boolean => {
    if (open.has(construct)) {
      return false;
    }
    open.add(construct);
    const isFree = result.has(construct) || [...needed.get(construct)!].every(visit);
    open.delete(construct);
    result.add(construct);
    return isFree;
  };
  const isFree = Object.values(vertices).filter(construct => !dependants.has(construct)).every(visit);
  // In a circle, no walk starts, or one returns to a construct. cdk8s refuses it.
  return isFree && result.size === all.length ? [...result] : new DependencyGraph(scope.node).topology();
}

/** JavaScript puts keys that are numbers first, so cdk8s, which keeps constructs by path, does it with ids like `10` below the App. */
function numbersFirst(all: Chart[]): Chart[] {
  const isNumber = ({ node: { id, scope } }: Chart) => scope?.node.id === '' && /^\d+$/.test(id) && String(Number(id)) === id;
  const numbers = all.filter(isNumber);
  if (numbers.length === 0) {
    return all;
  }
  numbers.sort((a, b) => Number(a.node.id) - Number(b.node.id));
  return [...numbers, ...all.filter(chart => !isNumber(chart))];
}
