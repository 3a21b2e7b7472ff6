import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { perSynthesis } from './per-synthesis';

/** All constructs of an App, in the order in which cdk8s walks them. */
export const constructsOf: (app: IConstruct) => readonly IConstruct[] = perSynthesis((app: IConstruct) => app.node.findAll());

/** All objects of an App, in the same order. */
export const apiObjectsOf: (app: IConstruct) => readonly ApiObject[] = perSynthesis(
  (app: IConstruct) => constructsOf(app).filter(ApiObject.isApiObject),
);

/** All charts of an App, in the same order. */
export const chartsOf: (app: IConstruct) => readonly Chart[] = perSynthesis((app: IConstruct) => constructsOf(app).filter(Chart.isChart));
