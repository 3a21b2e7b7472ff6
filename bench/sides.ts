import { App } from 'cdk8s';
import { finished, plain } from './plain';
import { appOf, Library } from './programs/program';
import { ProgramName, PROGRAMS } from './programs/programs';
import { smallByHand } from './programs/small-by-hand';

/** Runs from an empty App to the text of the manifests. */
export type Run = () => string;

/** The library, with its own synthesis. */
export const LIBRARY = 'cdk8s-istio';
/** The library, with cdk8s' synthesis. */
export const CDK8S_SYNTHESIS = 'cdk8s-istio with the synthesis of cdk8s';
/** The finished objects as plain ApiObjects: the time that cdk8s itself needs to check and print them. */
export const PLAIN = 'plain objects of cdk8s';
/** The same objects, written by hand with the imported classes and cdk8s-plus. Only for the program of small services. */
export const BY_HAND = 'imported classes and cdk8s-plus';

/** An implementation that writes the manifests of a program. */
export type SideName = typeof LIBRARY | typeof CDK8S_SYNTHESIS | typeof PLAIN | typeof BY_HAND;

/** Prepares an implementation. */
export function side(name: SideName, library: Library, program: ProgramName, size: number): Run {
  const filled = (app: App) => {
    PROGRAMS[program].build(library, app, size);
    return app;
  };
  if (name === LIBRARY) return () => filled(appOf(library)).synthYaml();
  if (name === CDK8S_SYNTHESIS) return () => filled(new App()).synthYaml();
  if (name === BY_HAND) return () => smallByHand(library, size).synthYaml();
  const objects = finished(filled(new App()));
  return () => plain(objects, new App()).synthYaml();
}
