import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { HttpMethod } from '../../values/http-method';
import { istioDuration } from '../../values/istio-duration';
import { StringMatch } from '../../values/string-match';

/** What is done with a preflight from an origin that is not allowed. */
export enum UnmatchedPreflights {
  /** The service gets it. */
  FORWARD = 'FORWARD',
  /** Envoy answers it, without a header that allows anything. */
  IGNORE = 'IGNORE',
}

/**
 * Which pages of other origins may call, as browsers ask for it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#CorsPolicy
 */
export interface CorsPolicy {
  /**
   * The origins of pages that may call: `https://www.example.com`, with the port where it is not the usual one. `StringMatch.exact('*')` is
   * every origin, which is refused together with credentials.
   */
  readonly allowOrigins: StringMatch[];

  /**
   * The methods that may be used.
   *
   * @default - those that need no permission: GET, HEAD and POST
   */
  readonly allowMethods?: HttpMethod[];

  /**
   * The headers of a request that may be used; `*` is all of them.
   *
   * @default - those that need no permission
   */
  readonly allowHeaders?: string[];

  /**
   * The headers of an answer that a page may read; `*` is all of them.
   *
   * @default - those that need no permission
   */
  readonly exposeHeaders?: string[];

  /**
   * How long a browser may remember the answer to a preflight, in whole seconds.
   *
   * @default - as long as the browser chooses, which is some seconds
   */
  readonly maxAge?: Duration;

  /**
   * Whether requests may have cookies and other credentials of the user.
   *
   * @default - Istio says nothing, which browsers take for no
   */
  readonly allowCredentials?: boolean;

  /**
   * What is done with a preflight from another origin. Needs Istio 1.23 (IM1338).
   *
   * @default - Istio's: the service gets it
   */
  readonly unmatchedPreflights?: UnmatchedPreflights;
}

/** The policy as Istio spells it. */
export function renderCors(policy: CorsPolicy, at: Located | string): networking.VirtualServiceSpecHttpCorsPolicy {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials, unmatchedPreflights } = policy;
  if (allowOrigins.length === 0) {
    throw new MeshError('IM1335', at, { problem: 'no origin is allowed', got: allowOrigins, allowed: 'at least one origin' });
  }
  allowOrigins.forEach(origin => checkOrigin(origin, allowCredentials ?? false, at));
  [...allowHeaders ?? [], ...exposeHeaders ?? []].forEach(name => checkName(name, allowCredentials ?? false, at));
  if (maxAge && maxAge.toMilliseconds({ integral: false }) % 1000 !== 0) {
    throw new MeshError('IM1335', at, { problem: 'the maximum age is not in whole seconds', got: istioDuration(maxAge, at), allowed: 'a Duration of whole seconds', next: 'round it' });
  }
  return {
    allowOrigins: allowOrigins.map(origin => origin._toIstio()),
    allowMethods,
    allowHeaders,
    exposeHeaders,
    maxAge: maxAge && istioDuration(maxAge, at),
    allowCredentials,
    unmatchedPreflights: unmatchedPreflights && networking.VirtualServiceSpecHttpCorsPolicyUnmatchedPreflights[unmatchedPreflights],
  };
}

/** Origins that nobody would allow on purpose: of a host that cannot be, and of files and sandboxed frames. */
const ANYBODY = ['https://anybody.invalid', 'http://anybody.invalid', 'null'];

function checkOrigin(match: StringMatch, credentials: boolean, at: Located | string): void {
  const { _kind: kind, _value: value } = match;
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/;
  if (kind === 'present' || (kind === 'exact' && value !== '*' && value !== 'null' && !origin.test(value))) {
    throw new MeshError('IM1335', at, {
      problem: 'not an origin as browsers send it', got: value, allowed: 'a scheme, a host and where needed a port, without a slash behind: https://www.example.com',
    });
  }
  if (kind === 'prefix' && !(origin.test(value) && value.endsWith(':'))) {
    throw new MeshError('IM1335', at, {
      problem: 'other origins begin like this as well',
      got: value,
      allowed: 'a beginning that ends the host, such as http://localhost:',
      next: 'name the origin in full, or use StringMatch.regex()',
    });
  }
  if (credentials && (value === '*' || ANYBODY.some(page => match._takes(page)))) {
    throw new MeshError('IM1335', at, { problem: 'every page could call with the credentials of its visitors', got: value, next: 'name the origins, or allow no credentials' });
  }
}

function checkName(name: string, credentials: boolean, at: Located | string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    throw new MeshError('IM1335', at, { problem: 'not the name of a header', got: name, allowed: 'letters, digits and dashes, or * for all' });
  }
  if (name === '*' && credentials) {
    throw new MeshError('IM1335', at, { problem: 'with credentials browsers take * for the name of a header', got: name, next: 'name the headers' });
  }
}
