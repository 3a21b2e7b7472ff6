import { ApiObject, Chart } from 'cdk8s';
import { AppRegistry } from './app-registry';
import { rankOf, readsSpec } from './order';
import { appRegistryOf } from './registry-store';
import { setOrder } from '../synthesis/object-order';
import { manifestOf } from '../synthesis/rendered-object';

/** Registers the spec that decides the place of an object, so that the object is not rendered for it. Returns the object. */
export function placedBy<T extends ApiObject>(object: T, spec: object): T {
  appRegistryOf(object, AppRegistry).orderSpecs.set(object, spec);
  return object;
}

/** Sorts the objects of a chart in an order that is safe when they are added. Call it in a validation. */
export function orderObjects(chart: Chart): void {
  const { chartOrders } = appRegistryOf(chart, AppRegistry);
  const known = chartOrders.get(chart);
  if (known) {
    known.objects = undefined; // specs can have changed since then
    return;
  }
  const state: { objects?: ApiObject[] } = {};
  chartOrders.set(chart, state);
  setOrder(chart, objects => {
    if (state.objects === undefined || state.objects.length !== objects.length) { // cdk8s asks several times for each chart
      state.objects = byRank(chart, objects);
    }
    return state.objects;
  });
}

function byRank(chart: Chart, objects: ApiObject[]): ApiObject[] {
  const { orderSpecs } = appRegistryOf(chart, AppRegistry);
  const steps: ApiObject[][] = [];
  objects.forEach(object => (steps[rank(object, orderSpecs.get(object))] ??= []).push(object));
  return steps.flat();
}

function rank(object: ApiObject, spec?: object): number {
  const { apiVersion, kind } = object;
  if (spec || !readsSpec(object)) {
    return rankOf({ apiVersion, kind, spec });
  }
  try {
    return rankOf({ apiVersion, kind, spec: manifestOf(object).spec });
  } catch {
    return rankOf({ apiVersion, kind }); // the object is not valid: cdk8s refuses it when it writes the chart
  }
}
