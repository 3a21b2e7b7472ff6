import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { headerName } from '../../values/header-name';
import { istioDurationOrNone } from '../../values/istio-duration';
import { queryName } from '../../values/request-text';

/** Options of `HashKey.cookie`. */
export interface HashCookieOptions {
  /**
   * The lifetime of the cookie that Envoy sets for clients without one, in whole seconds; `Duration.seconds(0)` is a session cookie.
   *
   * @default - Envoy sets no cookie: the application does, and requests without the cookie are spread over all pods
   */
  readonly ttl?: Duration;

  /**
   * The path of the cookie that Envoy sets. Needs `ttl` (IM1640).
   *
   * @default / if Envoy sets the cookie
   */
  readonly path?: string;

  /**
   * Further attributes of the cookie that Envoy sets, such as `SameSite`. Attributes without a value, such as `Secure`, have an empty text.
   * Needs `ttl` (IM1640), and Istio 1.28 (IM1338).
   *
   * @default - none
   */
  readonly attributes?: { [name: string]: string };
}

type Hash = networking.DestinationRuleSpecTrafficPolicyLoadBalancerConsistentHash;

/** The path as browsers normalize it. They compare it with the path of the cookie character by character. */
function browsersPath(path: string): string {
  return new URL(`http://host.example${path}`).pathname;
}

/** A token, as HTTP defines it. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * The attribute of a request that a consistent hash uses. Requests with the same value go to the same pod.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB
 */
export class HashKey {
  /**
   * Hashes a header. Requests without it are spread over all pods.
   *
   * @param name the name of the header in lower case (IM1308)
   */
  public static header(name: string): HashKey {
    return new HashKey({ httpHeaderName: headerName(name, 'HashKey.header()', 'IM1308') });
  }

  /**
   * Hashes a cookie.
   *
   * @param name the name of the cookie
   */
  public static cookie(name: string, options: HashCookieOptions = {}): HashKey {
    const at = 'HashKey.cookie()';
    const { ttl, path, attributes } = validateProps('HashCookieOptions', options, at);
    const names = [name, ...Object.keys(attributes ?? {})];
    const wrong = names.find(each => typeof each !== 'string' || !TOKEN.test(each));
    if (wrong !== undefined) {
      throw new MeshError('IM1640', at, { problem: 'the text is not a name of a cookie or a cookie attribute', got: wrong, allowed: 'letters, digits and dashes' });
    }
    if (ttl === undefined && (path !== undefined || attributes !== undefined)) {
      throw new MeshError('IM1640', at, {
        problem: '`path` and `attributes` are for a cookie that Envoy sets, and without `ttl` it sets none', got: options, next: 'set a lifetime: { ttl }',
      });
    }
    const unwritable = [path, ...Object.values(attributes ?? {})].find(text => text !== undefined && !/^[\x20-\x3a\x3c-\x7e]*$/.test(text));
    if (unwritable !== undefined || (path !== undefined && !path.startsWith('/'))) {
      throw new MeshError('IM1640', at, { problem: 'the path or attribute of the cookie is invalid', got: unwritable ?? path, allowed: 'a path that starts with `/`, and attributes of visible characters without `;`' });
    }
    const sent = path && browsersPath(path);
    if (sent !== path) {
      throw new MeshError('IM1640', at, { problem: 'browsers normalize this path, so they would never send the cookie', got: path, allowed: sent, next: `write ${sent}` });
    }
    const lifetime = ttl && istioDurationOrNone(ttl, at);
    if (lifetime?.endsWith('ms')) {
      throw new MeshError('IM1640', at, { problem: 'the lifetime of a cookie is not a number of seconds', got: lifetime, allowed: 'whole seconds' });
    }
    const further = attributes && Object.keys(attributes).sort().map(each => ({ name: each, value: attributes[each] || undefined }));
    return new HashKey({ httpCookie: { name, ttl: lifetime, path: ttl && (path ?? '/'), attributes: further } }, further !== undefined);
  }

  /** Hashes the IP address of the caller: with sidecars, that of the calling pod. Also works for TCP, if it is set for the whole service (IM1660). */
  public static sourceIp(): HashKey {
    return new HashKey({ useSourceIp: true });
  }

  /**
   * Hashes a query parameter. Requests without it are spread over all pods.
   *
   * @param name the name of the parameter, as in the URL
   */
  public static queryParameter(name: string): HashKey {
    const at = 'HashKey.queryParameter()';
    if (instanceOf('string', name, at, 'the name') === '') {
      throw new MeshError('IM1640', at, { problem: 'the name of the parameter is empty', got: name });
    }
    return new HashKey({ httpQueryParameterName: queryName(name, at, 'IM1640') });
  }

  private constructor(
    /** @internal */ public readonly _toIstio: Hash,
    /** Whether a field is set that needs Istio 1.28. @internal */ public readonly _isNew = false,
  ) {}

  /**
   * Whether the key is an attribute of HTTP requests.
   *
   * @internal
   */
  public get _readsHttp(): boolean {
    return this._toIstio.useSourceIp === undefined;
  }
}

/**
 * The consistent hash algorithm.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB
 */
export class HashAlgorithm {
  /**
   * Ring hash: when a pod leaves, its keys are spread over the other pods.
   *
   * @param minimumRingSize the minimum number of virtual nodes on the ring; 1024 by default
   */
  public static ringHash(minimumRingSize = 1024): HashAlgorithm {
    if (!Number.isInteger(minimumRingSize) || minimumRingSize < 1 || minimumRingSize > LARGEST_RING) {
      throw new MeshError('IM1640', 'HashAlgorithm.ringHash()', { problem: 'the size of the ring is invalid', got: minimumRingSize, allowed: `a whole number from 1 to ${LARGEST_RING}` });
    }
    return new HashAlgorithm({ ringHash: { minimumRingSize } });
  }

  /**
   * Maglev: faster and more even than ring hash, but more keys move when pods change.
   *
   * @param tableSize the size of the table, a prime number; 65537 by default
   */
  public static maglev(tableSize = 65537): HashAlgorithm {
    if (!Number.isInteger(tableSize) || tableSize > LARGEST_TABLE || !isPrime(tableSize)) {
      throw new MeshError('IM1640', 'HashAlgorithm.maglev()', { problem: 'the size of the table is invalid', got: tableSize, allowed: `a prime number up to ${LARGEST_TABLE}` });
    }
    return new HashAlgorithm({ maglev: { tableSize } });
  }

  private constructor(/** @internal */ public readonly _toIstio: Hash) {}
}

/** Envoy's maxima. Istio refuses a table of size 5000011, the next prime. */
const LARGEST_RING = 8 * 1024 * 1024;
const LARGEST_TABLE = 5000010;

function isPrime(n: number): boolean {
  for (let factor = 2; factor * factor <= n; factor++) {
    if (n % factor === 0) {
      return false;
    }
  }
  return n > 1;
}
