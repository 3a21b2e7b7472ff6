import { ExternalBackend } from './external-backend';
import { FixedBackend } from './fixed-backend';
import { HttpHeaders, renderHeaders } from './http/header-operations';
import { redirectTo, RedirectOptions } from './http/redirect';
import { RouteAction } from './model/route-action';
import { RouteBackend } from './model/route-backend';
import { WeightedBackend } from './weighted-backend';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';
import { show } from '../diagnostics/show';
import { instanceOf, validateProps } from '../diagnostics/validate-props';
import { hostName } from '../values/host';
import { MeshPort } from '../values/mesh-port';
import { hundredPercent } from '../values/weights';

/**
 * What a route can lead to: a service, one of its versions, a redirect, an answer.
 */
export interface IRouteTarget {
  /** The target as a route takes it. */
  toRouteTarget(): RouteTarget;
}

/** One of the targets of a route with several, and its share. */
export interface WeightedTarget {
  /** Where the share goes: a service with its split, one of its versions, a host outside. */
  readonly to: IRouteTarget;

  /** The share, as a whole percentage. */
  readonly weight: number;

  /**
   * The number of the target's port.
   *
   * @default - the only port that can carry the route
   */
  readonly port?: number;

  /**
   * What is done to the headers of the requests of this share, and of their answers. HTTP and gRPC only.
   *
   * @default - nothing
   */
  readonly headers?: HttpHeaders;
}

/** Options of `RouteTarget.externalHost`. */
export interface ExternalHostOptions {
  /** The port of the host, with the protocol that its ServiceEntry declares. */
  readonly port: MeshPort;
}

/** Options of `RouteTarget.directResponse`. */
export interface DirectResponseOptions {
  /**
   * The text of the answer.
   *
   * @default - none
   */
  readonly body?: string;

  /**
   * The bytes of the answer in base64, where it is no text.
   *
   * @default - none
   */
  readonly bodyBytes?: string;
}

/**
 * The end of a route. Services and their versions are targets by themselves; the factories make those
 * that need no service, and those that are several.
 */
export class RouteTarget implements IRouteTarget {
  /**
   * Sends the client elsewhere.
   *
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRedirect
   */
  public static redirect(options: RedirectOptions): RouteTarget {
    return new RouteTarget(new FixedBackend({ redirect: redirectTo(options) }));
  }

  /**
   * Answers by itself, without asking any service.
   *
   * @param status the HTTP status, 200 to 599
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPDirectResponse
   */
  public static directResponse(status: number, options: DirectResponseOptions = {}): RouteTarget {
    const at = `RouteTarget.directResponse(${show(status)})`;
    const { body, bodyBytes } = validateProps('DirectResponseOptions', options, at);
    return new RouteTarget(new FixedBackend({ directResponse: directResponse(status, body, at, bodyBytes) }));
  }

  /**
   * Several targets, by weight: services and versions of them, wherever they are, and hosts outside. The split of a service divides its share.
   *
   * @param targets the targets, whose weights add up to 100; refused otherwise (IM1201, IM1202, IM1203). A share cannot be
   * a redirect, an answer, delegated routes or weighted again, and changes headers of HTTP alone (IM1342); header operations that cannot be are refused (IM1332).
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
   */
  public static weighted(targets: WeightedTarget[]): RouteTarget {
    const at = 'RouteTarget.weighted()';
    instanceOf('WeightedTarget[]', targets, at, 'targets');
    if (targets.length === 0) {
      throw new MeshError('IM1201', at, { problem: 'there is no target', got: targets, next: 'name at least one target with a share' });
    }
    hundredPercent(Object.fromEntries(targets.map(({ weight }, i) => [`target ${i + 1}`, weight])), undefined, at, 'change one weight');
    return new RouteTarget(new WeightedBackend(targets.map(({ to, weight, port, headers }) => {
      const { _backend: backend } = RouteTarget._resolve(to, at);
      if (backend.whole) {
        throw new MeshError('IM1342', at, { problem: 'a share leads on to a service or a host: it can be no redirect, no answer, no delegated routes, and not weighted again', got: weight });
      }
      return { backend, weight, port, headers: renderHeaders(headers, at) };
    })));
  }

  /**
   * A host outside of the mesh with an existing ServiceEntry, which must be visible to
   * the gateway's pods.
   *
   * @param host the host, as its ServiceEntry has it; one of the mesh itself is refused (IM1341)
   * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
   */
  public static externalHost(host: string, options: ExternalHostOptions): RouteTarget {
    const at = 'RouteTarget.externalHost()';
    const { port } = validateProps('ExternalHostOptions', options, at);
    if (!hostName(host, at).includes('.')) {
      throw new MeshError('IM0104', at, {
        problem: 'a name without a dot is a Service of the namespace', got: host, allowed: 'a DNS name such as www.example.com', next: 'use the service itself, or spell the host in full',
      });
    }
    return new RouteTarget(new ExternalBackend(host, port));
  }

  /**
   * A target of a construct's own.
   *
   * @internal
   */
  public static _create(backend: RouteBackend): RouteTarget {
    return new RouteTarget(backend);
  }

  /**
   * The target that a user passes.
   *
   * @internal
   */
  public static _resolve(to: IRouteTarget, at: Located | string): RouteTarget {
    if (typeof to?.toRouteTarget !== 'function') {
      throw new MeshError('IM0001', at, { problem: 'the route leads to nothing', got: to, allowed: 'a service, a version of one, or a RouteTarget' });
    }
    return instanceOf('RouteTarget', to.toRouteTarget(), at, 'the target of the route');
  }

  private constructor(/** @internal */ public readonly _backend: RouteBackend) {}

  /** The target itself. */
  public toRouteTarget(): RouteTarget {
    return this;
  }
}

/** More than this in a configuration hurts istiod, and Istio refuses it. */
const LARGEST_BODY = 1024 * 1024;

type DirectResponse = NonNullable<RouteAction['directResponse']>;

/** The answer as Istio spells it. */
export function directResponse(status: number, text: string | undefined, at: string, bytes?: string): DirectResponse {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new MeshError('IM1310', at, { problem: 'the number is not a status of a response', got: status, allowed: 'a whole number from 200 to 599' });
  }
  if (text !== undefined && bytes !== undefined) {
    throw new MeshError('IM1310', at, { problem: 'the body is text and bytes at once', next: 'keep `body` or `bodyBytes`' });
  }
  if (bytes !== undefined && Buffer.from(bytes, 'base64').toString('base64') !== bytes) {
    throw new MeshError('IM1310', at, { problem: 'the bytes are not base64', got: bytes, allowed: 'base64 with its padding, without blanks' });
  }
  const size = bytes === undefined ? Buffer.byteLength(text ?? '') : Buffer.byteLength(bytes, 'base64');
  if (size > LARGEST_BODY) {
    throw new MeshError('IM1310', at, {
      problem: 'the body is too large for a configuration', found: `${size} bytes`, allowed: `at most ${LARGEST_BODY}`, next: 'let a service answer',
    });
  }
  return { status, ...text === undefined && bytes === undefined ? {} : { body: bytes === undefined ? { string: text } : { bytes } } };
}
