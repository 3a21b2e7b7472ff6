import { ApiObject, Chart } from 'cdk8s';
import { ConstructOrder, IConstruct } from 'constructs';

const SORT = Symbol('cdk8s-istio order of objects');

type Sort = (objects: ApiObject[]) => ApiObject[];

/** A chart whose objects have an order of their own. */
interface SortedChart extends Chart {
  [SORT]?: Sort;
}

/** The objects of a chart in their order. */
export function sorted(chart: Chart, objects: ApiObject[]): ApiObject[] {
  return (chart as SortedChart)[SORT]?.(objects) ?? objects;
}

/**
 * Sets the order of the objects of a chart.
 *
 * cdk8s calls `node.findAll()` of a chart whenever it writes the chart: in `app.synth()`, `app.synthYaml()`, `Testing.synth()`. It writes the objects in
 * the returned order; dependencies that a user declares still take precedence. Dependencies of this library would have the same effect, at unbounded
 * cost. Call it in a validation, which runs before the chart is written.
 */
export function setOrder(chart: Chart, sort: Sort): void {
  Object.defineProperty(chart, SORT, { value: sort });
  const findAll = chart.node.findAll.bind(chart.node);
  chart.node.findAll = (order = ConstructOrder.PREORDER) => {
    const all = findAll(order);
    return order === ConstructOrder.PREORDER ? ordered(chart, all, sort) : all;
  };
}

/** Objects of the chart in their order, after all other constructs, which write nothing. */
function ordered(chart: Chart, constructs: IConstruct[], sort: Sort): IConstruct[] {
  const isOwn = (construct: IConstruct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.chart === chart;
  return [...constructs.filter(construct => !isOwn(construct)), ...sort(constructs.filter(isOwn))];
}
