import { App, Chart } from 'cdk8s';
import { KubeObject, synth } from './build';
import { validateIstioObject } from './shared';

/** The objects of an App or a chart, once the pinned CRDs have nothing to say against those of Istio and cert-manager. */
export function valid(scope: App | Chart): KubeObject[] {
  const objects = synth(scope);
  expect(objects.filter(({ apiVersion }) => /(istio|cert-manager)\.io\//.test(apiVersion)).flatMap(validateIstioObject)).toEqual([]);
  return objects;
}
