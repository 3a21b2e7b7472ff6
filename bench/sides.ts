import { ApiObject, ApiObjectProps, App, Chart } from 'cdk8s';
import { Library } from './programs/program';
import { ProgramName, PROGRAMS } from './programs/programs';
import { smallByHand } from './programs/small-by-hand';

/** One implementation that writes the manifests of a program. */
export interface Side {
  readonly name: string;
  /** Runs from an empty App to the text of the manifests, for a size. */
  prepare(size: number): () => string;
}

/** The implementations. */
export const LIBRARY = 'cdk8s-istio';
/** The finished objects as plain ApiObjects: the time that cdk8s itself needs to check and print them. */
export const PLAIN = 'plain objects of cdk8s';
/** The same objects, written by hand with the imported classes and cdk8s-plus. Only for the program of small services. */
export const BY_HAND = 'imported classes and cdk8s-plus';

/** The library and its alternatives. */
export function sides(library: Library, program: ProgramName): Side[] {
  const withLibrary = (size: number) => {
    const app = new App();
    PROGRAMS[program].build(library, app, size);
    return app;
  };
  return [
    { name: LIBRARY, prepare: size => () => synthesize(withLibrary(size)) },
    {
      name: PLAIN,
      prepare: size => {
        let ready: ChartObjects[] | undefined; // set by the first call, which only warms up
        return () => plain(ready ??= objectsOf(withLibrary(size))).synthYaml();
      },
    },
    ...program === 'small' ? [{ name: BY_HAND, prepare: (size: number) => () => smallByHand(library, size).synthYaml() }] : [],
  ];
}

/** How the users of the library get the text of their manifests. */
function synthesize(app: App): string {
  return app.synthYaml();
}

/** The finished objects of one chart. */
interface ChartObjects {
  readonly id: string;
  readonly objects: ApiObjectProps[];
}

function objectsOf(app: App): ChartObjects[] {
  return app.charts.map(chart => ({ id: chart.node.id, objects: chart.toJson() }));
}

/** An App that has finished objects. */
function plain(charts: ChartObjects[]): App {
  const app = new App();
  charts.forEach(({ id, objects }) => {
    const chart = new Chart(app, id);
    objects.forEach((object, i) => new ApiObject(chart, `${i}`, object));
  });
  return app;
}
