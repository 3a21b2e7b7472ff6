import { chart, KubeObject, service } from './build';
import { field } from './field';
import { Policy, policyFor } from './policy';
import { valid } from './valid';
import { CanarySplit, MeshPort, ResiliencePolicy, SplitTarget } from 'cdk8s-istio';

/** What a policy may be for, by the place where its settings stand then. `projenrc/fields.ts` knows the same places. */
const PLACES: [string, Policy][] = [
  ['DestinationRule.trafficPolicy', {}],
  ['DestinationRule.trafficPolicy.portLevelSettings[]', { ports: [8080] }],
  ['DestinationRule.subsets[].trafficPolicy', { version: 'v1' }],
  ['DestinationRule.subsets[].trafficPolicy.portLevelSettings[]', { version: 'v1', ports: [8080] }],
];

/** A service on HTTP/2 whose version v1 gets everything, with a policy. */
export function withPolicy(settings: Policy): KubeObject[] {
  const root = chart();
  const reviews = service(root, 'reviews', { ports: [MeshPort.http2(8080)] });
  new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.version('v1') });
  new ResiliencePolicy(root, 'policy', policyFor(reviews, settings));
  return valid(root);
}

/**
 * Tests of one field of a traffic policy, as `field` tests them: for a service, a port, a version, and a port of a version.
 *
 * @param path the field, from the traffic policy: `connectionPool.tcp.maxConnections`
 * @param by the option that sets it
 */
export function policyField(path: string, by: string, expected: unknown, settings: Policy): void {
  PLACES.forEach(([place, scope]) => field(`${place}.${path}`, by, expected, () => withPolicy({ ...settings, ...scope })));
}
