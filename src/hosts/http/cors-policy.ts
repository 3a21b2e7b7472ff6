import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { HttpMethod } from '../../values/http-method';
import { istioDuration } from '../../values/istio-duration';
import { StringMatch } from '../../values/string-match';

/** How Envoy treats a preflight request from an origin that is not allowed. */
export enum UnmatchedPreflights {
  /** Envoy forwards it to the service. */
  FORWARD = 'FORWARD',
  /** Envoy answers it without CORS headers, so the browser refuses the request. */
  IGNORE = 'IGNORE',
}

/**
 * Cross-origin resource sharing (CORS): which pages of other origins may call the service from a browser.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#CorsPolicy
 */
export interface CorsPolicy {
  /**
   * The origins of pages that may call, such as `https://www.example.com`, with a port unless it is the default port of the scheme.
   * `StringMatch.exact('*')` allows every origin. It is refused together with `allowCredentials`.
   */
  readonly allowOrigins: StringMatch[];

  /**
   * The HTTP methods that pages may use.
   *
   * @default - the methods that need no permission: GET, HEAD and POST
   */
  readonly allowMethods?: HttpMethod[];

  /**
   * The request headers that pages may set; `*` allows all of them.
   *
   * @default - the headers that need no permission
   */
  readonly allowHeaders?: string[];

  /**
   * The response headers that pages may read; `*` allows all of them.
   *
   * @default - the headers that need no permission
   */
  readonly exposeHeaders?: string[];

  /**
   * How long a browser may cache the response to a preflight, in whole seconds.
   *
   * @default - the browser decides, usually a few seconds
   */
  readonly maxAge?: Duration;

  /**
   * Whether requests may carry cookies and other credentials of the user.
   *
   * @default - no header is sent, so browsers send no credentials
   */
  readonly allowCredentials?: boolean;

  /**
   * How Envoy treats a preflight request from an origin that is not allowed. Needs Istio 1.23 (IM1338).
   *
   * @default - Istio's default: Envoy forwards it to the service
   */
  readonly unmatchedPreflights?: UnmatchedPreflights;
}

/** Renders the policy as `corsPolicy` of a VirtualService. */
export function renderCors(policy: CorsPolicy, at: Located | string): networking.VirtualServiceSpecHttpCorsPolicy {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials, unmatchedPreflights } = policy;
  if (allowOrigins.length === 0) {
    throw new MeshError('IM1335', at, { problem: 'no origin is allowed', got: allowOrigins, allowed: 'at least one origin' });
  }
  allowOrigins.forEach(origin => checkOrigin(origin, allowCredentials ?? false, at));
  [...allowHeaders ?? [], ...exposeHeaders ?? []].forEach(name => checkName(name, allowCredentials ?? false, at));
  if (maxAge && maxAge.toMilliseconds({ integral: false }) % 1000 !== 0) {
    throw new MeshError('IM1335', at, { problem: 'the maximum age is not a number of whole seconds', got: istioDuration(maxAge, at), allowed: 'a Duration of whole seconds', next: 'round it' });
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

/** Origins that only a rule for all origins accepts: of a host that does not exist, and `null`, which files and sandboxed frames send. */
const ARBITRARY = ['https://any.invalid', 'http://any.invalid', 'null'];

function checkOrigin(match: StringMatch, credentials: boolean, at: Located | string): void {
  const { _kind: kind, _value: value } = match;
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/;
  if (kind === 'present' || (kind === 'exact' && value !== '*' && value !== 'null' && !origin.test(value))) {
    throw new MeshError('IM1335', at, {
      problem: 'the value is not an origin as browsers send it', got: value, allowed: 'a scheme, a host and an optional port, without a trailing slash: https://www.example.com',
    });
  }
  if (kind === 'prefix' && !(origin.test(value) && value.endsWith(':'))) {
    throw new MeshError('IM1335', at, {
      problem: 'other origins start with this text too',
      got: value,
      allowed: 'a prefix that contains the whole host, such as http://localhost:',
      next: 'write the whole origin, or use StringMatch.regex()',
    });
  }
  if (credentials && (value === '*' || ARBITRARY.some(page => match._takes(page)))) {
    throw new MeshError('IM1335', at, { problem: 'every page could call with the credentials of its visitors', got: value, next: 'list the origins, or leave out `allowCredentials`' });
  }
}

function checkName(name: string, credentials: boolean, at: Located | string): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    throw new MeshError('IM1335', at, { problem: 'the text is not a header name', got: name, allowed: 'letters, digits and dashes, or * for all' });
  }
  if (name === '*' && credentials) {
    throw new MeshError('IM1335', at, { problem: 'with credentials, browsers read * as the name of a header', got: name, next: 'name the headers' });
  }
}
