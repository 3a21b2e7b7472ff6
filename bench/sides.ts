import { ApiObject, ApiObjectProps, App, Chart } from 'cdk8s';
import { byHand } from './by-hand';
import { byLibrary, Library } from './library';

/** One implementation that writes the manifests of a mesh. */
export interface Side {
  readonly name: string;
  /** Runs from an empty App to the text of the manifests, for a number of services. */
  prepare(size: number): () => string;
}

/** The implementations. */
export const LIBRARY = 'cdk8s-istio';
/** The finished objects as plain ApiObjects: the time that cdk8s itself needs to check and print them. */
export const PLAIN = 'plain objects of cdk8s';
/** The same objects, written by hand with the imported classes and cdk8s-plus. */
export const BY_HAND = 'imported classes and cdk8s-plus';

/** The library and its alternatives. */
export function sides(library: Library): Side[] {
  const built = (build: (chart: Chart) => void) => {
    const app = new App();
    build(new Chart(app, 'shop'));
    return app;
  };
  const withLibrary = (size: number) => built(chart => byLibrary(library, chart, size));
  return [
    { name: LIBRARY, prepare: size => () => withLibrary(size).synthYaml() },
    {
      name: PLAIN,
      prepare: size => {
        let ready: ApiObjectProps[] | undefined; // set by the first call, which only warms up
        const objects = () => ready ??= withLibrary(size).charts.flatMap(chart => chart.toJson());
        return () => built(chart => objects().forEach((object, i) => new ApiObject(chart, `${i}`, object))).synthYaml();
      },
    },
    { name: BY_HAND, prepare: size => () => built(chart => byHand(library, chart, size)).synthYaml() },
  ];
}
