import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { Conditions } from '../../hosts/http/conditions';
import { checkArrives } from '../../hosts/http/gateway-headers';
import { HttpMatch, PathMatch } from '../../hosts/http/http-match';
import { headerName, UNWRITABLE } from '../../values/header-name';
import { HttpMethod } from '../../values/http-method';
import { loggedName } from '../../values/logged-name';
import { wholePathRegex } from '../../values/path-regex';
import { requestPath } from '../../values/request-path';
import { headerValue, queryName, queryValue } from '../../values/request-text';
import { StringMatch } from '../../values/string-match';

/** Further conditions of a `RouteMatch`, besides the path. */
export interface RouteMatchOptions {
  /**
   * The method.
   *
   * @default - every method
   */
  readonly method?: HttpMethod;

  /**
   * A condition on the method, for several methods at once or for custom methods. Excludes `method`.
   *
   * @default - every method
   */
  readonly methodMatch?: StringMatch;

  /**
   * A condition on the scheme, `http` or `https`.
   *
   * @default - both
   */
  readonly scheme?: StringMatch;

  /**
   * A condition on the Host header (`:authority` in HTTP/2), including the port if the client sends one.
   *
   * @default - every host of the route
   */
  readonly authority?: StringMatch;

  /**
   * Conditions on headers, by name in lower case. All of them must hold. If a request repeats a header, one matching line is
   * enough. Values have no blanks at the start or end.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: StringMatch };

  /**
   * Conditions on headers, by name in lower case. None of them may hold, for any line of the request.
   *
   * @default - none
   */
  readonly withoutHeaders?: { [name: string]: StringMatch };

  /**
   * Conditions on query parameters, by name. All of them must hold. Names and values are compared percent-encoded, as in the
   * URL: `a%20b`, or `a+b` from a form. If a request repeats a parameter, the first one counts.
   *
   * @default - none
   */
  readonly queryParams?: { [name: string]: StringMatch };

  /**
   * Whether the path is compared without regard to case. Has no effect on regular expressions.
   *
   * @default false
   */
  readonly ignoreCase?: boolean;

  /**
   * The name of the match in access logs, after the name of the route and a dot. Not a condition.
   *
   * @default - none
   */
  readonly name?: string;

  /**
   * The prefix of Envoy's statistics for the match. Not a condition.
   *
   * @default - no such statistics
   */
  readonly statPrefix?: string;
}

/**
 * A match of a route. All conditions of one match must hold; of several matches, one is enough.
 *
 * Matches are ordered as in the Gateway API and not by the order of construction: exact paths, regular expressions, longer prefixes,
 * then by method, number of headers and number of query parameters.
 *
 * Paths are compared in the form that proxies normalize them to: without dot segments, and with percent-encoding in capitals for characters such as
 * `ä`, `|` and `{`: `/k%C3%A4se`. Other forms are refused, and the message shows the right one. Percent-encoding in small letters is another path.
 *
 * Every factory throws IM1308 on paths, headers and parameters that no request can have, and IM1361 on `x-envoy-*` headers that gateways remove.
 * A gateway overwrites `x-forwarded-proto` unless it trusts a proxy in front of it: a match on this header is refused at synthesis (IM1361) if the
 * gateway's dedicated pods have no `numTrustedProxies`.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export class RouteMatch {
  /**
   * Matches exactly this path, without the query.
   *
   * @param path the path, starting with a slash
   */
  public static exactPath(path: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.exactPath()', { kind: 'exact', value: path }, options);
  }

  /**
   * Matches paths with this prefix. Istio compares character by character: `/foo` is a prefix of `/foobar`.
   *
   * @param prefix the prefix of the path, starting with a slash
   */
  public static pathPrefix(prefix: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.pathPrefix()', { kind: 'prefix', value: prefix }, options);
  }

  /**
   * Matches paths by a regular expression for the whole path.
   *
   * @param pattern a regular expression in RE2 syntax, for the path without the query (IM0109)
   */
  public static pathRegex(pattern: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.pathRegex()', { kind: 'regex', value: wholePathRegex(pattern, 'RouteMatch.pathRegex', 'IM1308') }, options);
  }

  /**
   * Matches every path.
   */
  public static anyPath(options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.anyPath()', undefined, options);
  }

  /** @internal */
  public readonly _match: HttpMatch;

  private constructor(at: string, path: PathMatch | undefined, options: RouteMatchOptions = {}) {
    validateProps('RouteMatchOptions', options, at);
    if (path && path.kind !== 'regex') {
      requestPath(path.value, at, 'IM1308', { beginning: path.kind === 'prefix' });
    }
    const nameless = Object.keys(options.queryParams ?? {}).find(name => name === '' || UNWRITABLE.includes(name));
    if (nameless !== undefined) {
      throw new MeshError('IM1308', at, { problem: 'the text is not a name of a query parameter that a route can match', got: nameless, allowed: 'a text that is not empty' });
    }
    Object.entries(options.queryParams ?? {}).forEach(([name, match]) => queryValue(queryName(name, at), match, at));
    const { method, methodMatch, scheme, authority, name, statPrefix } = options;
    if (method !== undefined && methodMatch) {
      throw new MeshError('IM1308', at, { problem: '`method` and `methodMatch` exclude each other', got: [method, methodMatch._toIstio()], allowed: '`method` or `methodMatch`' });
    }
    if ([methodMatch, scheme, authority].some(condition => condition?._kind === 'present')) {
      throw new MeshError('IM1308', at, { problem: 'the condition always holds: every request has a method, a scheme and a host', got: {}, allowed: 'an exact text, a prefix or a regular expression' });
    }
    if (scheme?._kind === 'exact' && !['http', 'https'].includes(scheme._value)) {
      throw new MeshError('IM1308', at, { problem: 'the scheme is unknown', got: scheme._value, allowed: 'http, https' });
    }
    this._match = new HttpMatch({
      path: path && { ignoreCase: options.ignoreCase, ...path },
      method: method === undefined ? methodMatch : StringMatch.exact(method),
      scheme,
      authority,
      name: name === undefined ? undefined : loggedName(name, at, 'the name of the match'),
      statPrefix: statPrefix === undefined ? undefined : loggedName(statPrefix, at, 'the prefix of the statistics'),
      headers: arriving(options.headers, at),
      withoutHeaders: arriving(options.withoutHeaders, at),
      queryParams: options.queryParams,
    });
  }
}

/** Returns the conditions. Refuses headers that gateways remove from requests. */
function arriving(headers: Conditions | undefined, at: string): Conditions | undefined {
  Object.keys(headers ?? {}).forEach(name => checkArrives(name, at));
  return headerConditions(headers, at);
}

/** Returns the conditions. Refuses invalid names and values of headers. */
export function headerConditions(headers: Conditions | undefined, at: string): Conditions | undefined {
  Object.entries(headers ?? {}).forEach(([name, match]) => headerValue(headerName(name, at, 'IM1308'), match, at));
  return headers;
}
