import { MeshError } from '../../diagnostics/mesh-error';

/** Headers that gateways remove from requests before they match routes, as observed with Envoy 1.40. */
const REMOVED = new RegExp(`^x-envoy-(${[
  'decorator-operation', 'downstream-service-(cluster|node)', 'expected-rq-timeout-ms', 'external-address', 'force-trace', 'hedge-on-per-try-timeout', 'internal', 'ip-tags',
  'is-timeout-retry', 'max-retries', 'original-(host|path)', 'retriable-.*', 'retry-.*', 'upstream-.*',
].join('|')})$`);

/** Refuses a match on a header that gateways remove from requests. */
export function checkArrives(name: string, at: string): void {
  if (REMOVED.test(name)) {
    throw new MeshError('IM1361', at, { problem: `gateways remove ${name} from requests before they match routes`, got: name });
  }
}
