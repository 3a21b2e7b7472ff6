import { ApiObject, ApiObjectProps, App, Chart } from 'cdk8s';

/** The finished objects of one chart. */
export interface ChartObjects {
  readonly id: string;
  readonly objects: ApiObjectProps[];
}

/** The finished objects of an App. */
export function finished(app: App): ChartObjects[] {
  return app.charts.map(chart => ({ id: chart.node.id, objects: chart.toJson() }));
}

/** Fills an App with finished objects. */
export function plain(charts: ChartObjects[], app: App): App {
  charts.forEach(({ id, objects }) => {
    const chart = new Chart(app, id);
    objects.forEach((object, i) => new ApiObject(chart, `${i}`, object));
  });
  return app;
}
