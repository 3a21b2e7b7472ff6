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
   * How long the cookie lives that Envoy gives to a client without one, in whole seconds; `Duration.seconds(0)` until the browser closes.
   *
   * @default - Envoy gives none: the application does, and clients without the cookie are spread over all pods
   */
  readonly ttl?: Duration;

  /**
   * The path of the cookie that Envoy sets. Needs `ttl` (IM1640). Without it browsers return the cookie only for paths beside that of the first request.
   *
   * @default / where Envoy gives the cookie
   */
  readonly path?: string;

  /**
   * Further attributes of the cookie that Envoy gives, such as `SameSite`; with an empty text those that have no value, such as `Secure`.
   * Needs `ttl` (IM1640), and Istio 1.28 (IM1338).
   *
   * @default - none
   */
  readonly attributes?: { [name: string]: string };
}

type Hash = networking.DestinationRuleSpecTrafficPolicyLoadBalancerConsistentHash;

/** The path of a request for this one, as browsers write it: they compare it with that of the cookie letter by letter. */
function browsersPath(path: string): string {
  return new URL(`http://host.example${path}`).pathname;
}

/** A token of HTTP. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * By what requests are told apart: those with the same key go to the same pod.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB
 */
export class HashKey {
  /**
   * A header. Requests without it are spread over all pods.
   *
   * @param name the name of the header in lower case (IM1308)
   */
  public static header(name: string): HashKey {
    return new HashKey({ httpHeaderName: headerName(name, 'HashKey.header()', 'IM1308') });
  }

  /**
   * A cookie.
   *
   * @param name the name of the cookie
   */
  public static cookie(name: string, options: HashCookieOptions = {}): HashKey {
    const at = 'HashKey.cookie()';
    const { ttl, path, attributes } = validateProps('HashCookieOptions', options, at);
    const names = [name, ...Object.keys(attributes ?? {})];
    const wrong = names.find(each => typeof each !== 'string' || !TOKEN.test(each));
    if (wrong !== undefined) {
      throw new MeshError('IM1640', at, { problem: 'neither a cookie nor an attribute of one is called so', got: wrong, allowed: 'letters, digits and dashes' });
    }
    if (ttl === undefined && (path !== undefined || attributes !== undefined)) {
      throw new MeshError('IM1640', at, {
        problem: 'path and attributes are those of a cookie that Envoy gives, and it gives none', got: options, next: 'say for how long: { ttl }',
      });
    }
    const unwritable = [path, ...Object.values(attributes ?? {})].find(text => text !== undefined && !/^[\x20-\x3a\x3c-\x7e]*$/.test(text));
    if (unwritable !== undefined || (path !== undefined && !path.startsWith('/'))) {
      throw new MeshError('IM1640', at, { problem: 'no cookie has such a path or attribute', got: unwritable ?? path, allowed: 'a path from `/` on, and attributes of visible characters without `;`' });
    }
    const sent = path && browsersPath(path);
    if (sent !== path) {
      throw new MeshError('IM1640', at, { problem: 'browsers write this path otherwise, and would never send the cookie', got: path, allowed: sent, next: `write ${sent}` });
    }
    const lifetime = ttl && istioDurationOrNone(ttl, at);
    if (lifetime?.endsWith('ms')) {
      throw new MeshError('IM1640', at, { problem: 'the lifetime of a cookie is no number of seconds', got: lifetime, allowed: 'whole seconds' });
    }
    const further = attributes && Object.keys(attributes).sort().map(each => ({ name: each, value: attributes[each] || undefined }));
    return new HashKey({ httpCookie: { name, ttl: lifetime, path: ttl && (path ?? '/'), attributes: further } }, further !== undefined);
  }

  /** The address of the caller: for sidecars the pod that calls. For TCP, too, where it is said for the whole service (IM1660). */
  public static sourceIp(): HashKey {
    return new HashKey({ useSourceIp: true });
  }

  /**
   * A parameter of the query. Requests without it are spread over all pods.
   *
   * @param name the name of the parameter, as it stands in the address
   */
  public static queryParameter(name: string): HashKey {
    const at = 'HashKey.queryParameter()';
    if (instanceOf('string', name, at, 'the name') === '') {
      throw new MeshError('IM1640', at, { problem: 'the parameter has no name', got: name });
    }
    return new HashKey({ httpQueryParameterName: queryName(name, at, 'IM1640') });
  }

  private constructor(
    /** @internal */ public readonly _toIstio: Hash,
    /** Whether only Istio 1.28 and later know what is set. @internal */ public readonly _isNew = false,
  ) {}

  /**
   * Whether only requests have such a key.
   *
   * @internal
   */
  public get _readsHttp(): boolean {
    return this._toIstio.useSourceIp === undefined;
  }
}

/**
 * How pods are found by a key.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB
 */
export class HashAlgorithm {
  /**
   * A ring: of the keys of a pod that goes, each of the others gets some.
   *
   * @param minimumRingSize the least number of places on the ring; 1024 where it is not said
   */
  public static ringHash(minimumRingSize = 1024): HashAlgorithm {
    if (!Number.isInteger(minimumRingSize) || minimumRingSize < 1 || minimumRingSize > LARGEST_RING) {
      throw new MeshError('IM1640', 'HashAlgorithm.ringHash()', { problem: 'not a size of a ring', got: minimumRingSize, allowed: `a whole number from 1 to ${LARGEST_RING}` });
    }
    return new HashAlgorithm({ ringHash: { minimumRingSize } });
  }

  /**
   * A table: quicker and more even than a ring, and more keys move when pods change.
   *
   * @param tableSize the number of places in the table, a prime; 65537 where it is not said
   */
  public static maglev(tableSize = 65537): HashAlgorithm {
    if (!Number.isInteger(tableSize) || tableSize > LARGEST_TABLE || !isPrime(tableSize)) {
      throw new MeshError('IM1640', 'HashAlgorithm.maglev()', { problem: 'not a size of a table', got: tableSize, allowed: `a prime number up to ${LARGEST_TABLE}` });
    }
    return new HashAlgorithm({ maglev: { tableSize } });
  }

  private constructor(/** @internal */ public readonly _toIstio: Hash) {}
}

/** Envoy's own bounds; Istio refuses a table of 5000011 places, the next prime. */
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
