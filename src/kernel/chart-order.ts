import { ApiObject, Chart } from 'cdk8s';
import { ConstructOrder, IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { rankOf, readsSpec } from './order';
import { appRegistryOf } from './registry-store';
import { manifestOf } from '../synthesis/rendered-object';

/** Registers the spec that decides the place of an object, so that the object is not rendered for it. Returns the object. */
export function placedBy<T extends ApiObject>(object: T, spec: object): T {
  appRegistryOf(object, AppRegistry).orderSpecs.set(object, spec);
  return object;
}

/**
 * Sorts the objects of a chart in an order that is safe when they are added.
 *
 * cdk8s calls `node.findAll()` of a chart whenever it writes the chart: in `app.synth()`, `app.synthYaml()`,
 * `Testing.synth()`. It writes the objects in the returned order; dependencies that a user declares still take precedence. Dependencies
 * of this library would have the same effect, at unbounded cost. Call it in a validation, which runs before the chart is written.
 */
export function orderObjects(chart: Chart): void {
  const { chartOrders } = appRegistryOf(chart, AppRegistry);
  const known = chartOrders.get(chart);
  if (known) {
    known.constructs = undefined; // specs can have changed since then
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

/** Objects of the chart by rank, after all other constructs, which write nothing. */
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
  const specOf = () => appRegistryOf(object, AppRegistry).orderSpecs.get(object) ?? manifestOf(object).spec;
  try {
    return rankOf(readsSpec(object) ? { apiVersion, kind, spec: specOf() } : object);
  } catch {
    return rankOf({ apiVersion, kind }); // the object is not valid: cdk8s refuses it when it writes the chart
  }
}
