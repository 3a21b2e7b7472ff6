import { IConstruct } from 'constructs';
import { HttpMatch } from './http-match';
import { RoutedMatch } from './route-action';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { show } from '../diagnostics/show';
import { hostName } from '../values/host';
import { portNumber } from '../values/mesh-port';
import { MeshProtocol } from '../values/protocol';

/**
 * What a route can lead to: a service, one of its versions, a redirect, an answer.
 */
export interface IRouteTarget {
  /** The target as a route takes it. */
  toRouteTarget(): RouteTarget;
}

/** What a target needs to know of the route that leads to it. */
export interface RouteToTarget {
  /** The construct that made the route. */
  readonly source: IConstruct;
  /** The port of the target, where it was said. */
  readonly port?: number;
  /** What the route speaks. */
  readonly speaks: MeshProtocol;
}

/** Who answers at the end of a route. */
export interface Called {
  readonly service: IConstruct;
  readonly port: number;
}

/** Options of `RouteTarget.redirect`. */
export interface RedirectOptions {
  /**
   * The path to go to instead.
   *
   * @default - the path of the request
   */
  readonly path?: string;

  /**
   * The host to go to instead.
   *
   * @default - the host of the request
   */
  readonly host?: string;

  /**
   * The port to go to instead.
   *
   * @default - the port of the scheme
   */
  readonly port?: number;

  /**
   * The scheme to go to, `http` or `https`.
   *
   * @default - the scheme of the request
   */
  readonly scheme?: string;

  /**
   * The status of the answer: 301, 302, 303, 307 or 308.
   *
   * @default 301
   */
  readonly status?: number;
}

/** Options of `RouteTarget.answer`. */
export interface AnswerOptions {
  /**
   * The text of the answer.
   *
   * @default - none
   */
  readonly body?: string;
}

/**
 * The end of a route. Services and their versions are targets by themselves; the factories make those
 * that need no service.
 */
export abstract class RouteTarget implements IRouteTarget {
  /**
   * Sends the client elsewhere.
   *
   * @throws IM1310 on a status that is no redirect or on options that change nothing, IM0104 on a host that is none
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRedirect
   */
  public static redirect(options: RedirectOptions): RouteTarget {
    const at = 'RouteTarget.redirect()';
    const { path, host, port, scheme, status = 301 } = shaped('RedirectOptions', options, at);
    if (![301, 302, 303, 307, 308].includes(status)) {
      throw new MeshError('IM1310', at, { problem: 'the status is not one of a redirect', got: status, allowed: '301, 302, 303, 307, 308' });
    }
    if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
      throw new MeshError('IM1310', at, { problem: 'the scheme is unknown', got: scheme, allowed: 'http, https' });
    }
    if (path !== undefined && (!path.startsWith('/') || /\s/.test(path))) {
      throw new MeshError('IM1310', at, { problem: 'the path does not begin with a slash, or has blanks', got: path });
    }
    if ([path, host, port, scheme].every(option => option === undefined)) {
      throw new MeshError('IM1310', at, { problem: 'the redirect leads back to where it came from', next: 'give it a path, a host, a port or a scheme' });
    }
    return new FixedTarget({
      redirect: {
        uri: path,
        authority: host === undefined ? undefined : hostName(host, at),
        port: port === undefined ? undefined : portNumber(port, at, 'the port'),
        scheme,
        redirectCode: status,
      },
    });
  }

  /**
   * Answers by itself, without asking any service.
   *
   * @param status the HTTP status, 200 to 599
   * @throws IM1310 on another status
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPDirectResponse
   */
  public static answer(status: number, options: AnswerOptions = {}): RouteTarget {
    const at = `RouteTarget.answer(${show(status)})`;
    return new FixedTarget({ directResponse: directResponse(status, shaped('AnswerOptions', options, at).body, at) });
  }

  protected constructor() {}

  /** The target itself. */
  public toRouteTarget(): RouteTarget {
    return this;
  }

  /**
   * Refuses at once a route that cannot lead here, and has made what it needs. Returns who is called by it.
   *
   * @internal
   */
  public abstract _attach(route: RouteToTarget): Called | undefined;

  /**
   * Whether a client that follows would be led here for ever, where the host is served by these schemes.
   *
   * @internal
   */
  public _returns(_schemes: string[]): boolean {
    return false;
  }

  /**
   * What becomes of requests that a route leads here: in the order to be asked, with conditions of the target's own.
   * Only asked when all constructs have spoken.
   *
   * @internal
   */
  public abstract _resolve(route: RouteToTarget): RoutedMatch[];
}

/** The answer as Istio spells it. */
export function directResponse(status: number, body: string | undefined, at: string): { status: number; body?: { string: string } } {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new MeshError('IM1310', at, { problem: 'no status that an answer can have', got: status, allowed: 'a whole number from 200 to 599' });
  }
  return { status, ...(body === undefined ? {} : { body: { string: body } }) };
}

class FixedTarget extends RouteTarget {
  public constructor(private readonly action: RoutedMatch['action']) {
    super();
  }

  /** @internal */
  public _returns(schemes: string[]): boolean {
    const { uri, authority, port, scheme } = this.action.redirect ?? {};
    return scheme !== undefined && schemes.includes(scheme) && [uri, authority, port].every(part => part === undefined);
  }

  /** @internal */
  public _attach(route: RouteToTarget): undefined {
    if (route.port !== undefined) {
      throw new MeshError('IM1111', route.source, { problem: 'an answer or a redirect has no port of a service', got: route.port, next: 'drop the port' });
    }
  }

  /** @internal */
  public _resolve(): RoutedMatch[] {
    return [{ match: HttpMatch.EVERYTHING, action: this.action }];
  }
}
