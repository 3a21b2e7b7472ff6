import { ApiObject, Chart } from 'cdk8s';
import { ConstructOrder, IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { rankOf, readsSpec } from './order';
import { appRegistryOf } from './registry-store';

/** Says what the place of an object depends on, so that it is not rendered to be placed. Returns the object. */
export function placedBy<T extends ApiObject>(object: T, spec: object): T {
  appRegistryOf(object, AppRegistry).orderSpecs.set(object, spec);
  return object;
}

/**
 * Lets a chart give its objects in the order that is safe when they are added.
 *
 * cdk8s asks the tree of a chart for its constructs, `node.findAll()`, whenever it writes the chart: in `app.synth()`, `app.synthYaml()`,
 * `Testing.synth()`. It writes the objects in the order of the answer; dependencies that a user declares still go first. Dependencies of ours
 * would do the same and cost time without bounds. Called in a validation, which comes before in each of these.
 */
export function orderObjects(chart: Chart): void {
  const { chartOrders } = appRegistryOf(chart, AppRegistry);
  const known = chartOrders.get(chart);
  if (known) {
    known.constructs = undefined; // specs may have changed since
    return;
  }
  const state: { constructs?: IConstruct[] } = {};
  chartOrders.set(chart, state);
  const findAll = chart.node.findAll.bind(chart.node);
  chart.node.findAll = (order = ConstructOrder.PREORDER) => {
    const plain = findAll(order);
    if (order !== ConstructOrder.PREORDER) {
      return plain;
    }
    if (state.constructs === undefined || state.constructs.length !== plain.length) {
      state.constructs = ordered(chart, plain);
    }
    return [...state.constructs];
  };
}

/** Objects of the chart by rank, behind all else: what stands between them writes nothing. */
function ordered(chart: Chart, constructs: IConstruct[]): IConstruct[] {
  const isOwn = (construct: IConstruct): construct is ApiObject => ApiObject.isApiObject(construct) && Chart.of(construct) === chart;
  const steps: ApiObject[][] = [];
  const rest: IConstruct[] = [];
  for (const construct of constructs) {
    if (isOwn(construct)) {
      (steps[rank(construct)] ??= []).push(construct);
    } else {
      rest.push(construct);
    }
  }
  return [...rest, ...steps.flat()];
}

function rank(object: ApiObject): number {
  const { apiVersion, kind } = object;
  const specOf = () => appRegistryOf(object, AppRegistry).orderSpecs.get(object) ?? object.toJson().spec;
  try {
    return rankOf(readsSpec(object) ? { apiVersion, kind, spec: specOf() } : object);
  } catch {
    return rankOf({ apiVersion, kind }); // the object is not valid: it is refused when it is written
  }
}
