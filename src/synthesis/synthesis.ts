import { ApiObject, App, Chart } from 'cdk8s';
import { constructsOf } from './app-tree';
import { isKnownCdk8s } from './cdk8s-release';
import { orderedCharts } from './dependency-order';
import { refuseMisread } from './misread-error';
import { Answers, keepAnswers, keepNoAnswers } from './per-synthesis';
import { isPure, validationsOf } from './pure-validation';
import { Manifest, manifestOf } from './rendered-object';

/** A manifest, and the object that it is of. If a subclass of `Chart` changes manifests, the chart stands for the object. */
export interface Rendered<T extends ApiObject | Chart = ApiObject | Chart> {
  readonly of: T;
  readonly manifest: Manifest;
}

/** The manifests of a chart, in the order in which cdk8s writes them. */
export interface RenderedChart {
  readonly chart: Chart;
  readonly objects: Iterable<Rendered>;
  /** Whether cdk8s puts numbers before the names of files. */
  readonly isNumbered: boolean;
  /** The objects of the chart, in the same order. */
  apiObjects(): ApiObject[];
  /** The manifests of its objects, even if its class changes what `toJson()` returns. */
  ownObjects(): Iterable<Rendered<ApiObject>>;
}

/**
 * Validates an App once, and renders its charts one by one. cdk8s validates the whole App again for each chart.
 *
 * Answers are kept from the first validation to the last rendering. They are derived again after a validation of another library or of the user, which
 * may change a construct.
 *
 * @param each what to do with a chart
 * @throws Error with the problems of all constructs, as cdk8s throws it
 */
export function renderCharts(app: App, each: (rendered: RenderedChart) => void): void {
  keepAnswers(answers => {
    validate(app, answers);
    const { charts, areNumbered, objectsOf } = orderedCharts(app);
    for (const chart of charts) {
      const apiObjects = () => objectsOf(chart);
      const ownObjects = () => rendered(apiObjects());
      each({ chart, objects: changesManifests(chart) ? changed(chart) : ownObjects(), apiObjects, ownObjects, isNumbered: areNumbered });
    }
  });
}

/** Renders the objects one by one: a manifest takes more memory than its text. */
function* rendered(objects: readonly ApiObject[]): Iterable<Rendered<ApiObject>> {
  for (const object of objects) {
    yield { of: object, manifest: manifestOf.last(object) };
  }
}

/** Whether a subclass of `Chart`, or another release of cdk8s, decides what `toJson()` returns. */
function changesManifests(chart: Chart): boolean {
  return chart.toJson !== Chart.prototype.toJson || !isKnownCdk8s();
}

function changed(chart: Chart): Rendered[] {
  return (chart.toJson() as Manifest[]).map(manifest => ({ of: chart, manifest }));
}

/** Validates the App of a chart, and renders the chart: what `Testing.synth()` of cdk8s returns. */
export function renderChart(chart: Chart): Manifest[] {
  if (changesManifests(chart)) {
    return chart.toJson();
  }
  const app = App.of(chart) as App;
  return keepAnswers(answers => {
    validate(app, answers);
    return orderedCharts(app).objectsOf(chart).map(object => {
      const manifest = manifestOf(object);
      refuseMisread(object, manifest); // nothing prints it, which would find the value too
      return manifest;
    });
  });
}

function validate(app: App, answers: Answers): void {
  const problems: string[] = [];
  for (const construct of constructsOf(app)) {
    for (const validation of validationsOf(construct)) {
      const found = isPure(validation) ? validation.validate() : keepNoAnswers(() => validation.validate());
      found.forEach(problem => problems.push(`[${construct.node.path}] ${problem}`));
      if (!isPure(validation)) {
        answers.clear();
      }
    }
  }
  if (problems.length > 0) {
    throw new Error(`Validation failed with the following errors:\n  ${problems.join('\n  ')}`);
  }
}
