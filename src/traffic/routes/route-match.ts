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

/** What a request has to meet besides its path. */
export interface RouteMatchOptions {
  /**
   * The method.
   *
   * @default - every method
   */
  readonly method?: HttpMethod;

  /**
   * A condition on the method, for several methods at once and for methods of one's own. Excludes `method`.
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
   * A condition on the host that the client asked for, as it wrote it: with the port, where it said one.
   *
   * @default - every host that the route is for
   */
  readonly authority?: StringMatch;

  /**
   * Conditions on headers, by name in lower case, all of which have to hold. A header that a request has on several lines is compared line by
   * line: one of them is enough. A value never has blanks around it.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: StringMatch };

  /**
   * Conditions on headers, by name in lower case, none of which may hold for any line of the request.
   *
   * @default - none
   */
  readonly withoutHeaders?: { [name: string]: StringMatch };

  /**
   * Conditions on parameters of the query, by name, all of which have to hold. Names and values are compared as they
   * stand in the address, with their escapes: `a%20b`, and `a+b` where a form was sent. Of a parameter that is there twice the first counts.
   *
   * @default - none
   */
  readonly queryParams?: { [name: string]: StringMatch };

  /**
   * Whether capitals and small letters in the path are the same. Has no effect on patterns.
   *
   * @default false
   */
  readonly ignoreCase?: boolean;

  /**
   * The name of the match in access logs, behind that of the route and a dot. No condition.
   *
   * @default - none
   */
  readonly name?: string;

  /**
   * What the names of Envoy's own statistics for the match begin with. No condition.
   *
   * @default - there are no such statistics
   */
  readonly statPrefix?: string;
}

/**
 * Which requests a route is for. All conditions of one match have to hold; of several matches, one is enough.
 *
 * Matches are asked in the order of the Gateway API, whoever added them first: exact paths, patterns, longer prefixes,
 * then by method, number of headers and of query parameters.
 *
 * Paths are compared as proxies write them: dots are resolved, and characters such as `ä`, `|` and `{` are escapes, in capitals: `/k%C3%A4se`. A text
 * that is written otherwise is refused, and the message has the right form. An escape in small letters is another path.
 *
 * Every factory throws IM1308 on paths, headers and parameters that no request has, and IM1361 on `x-envoy-*` headers that gateways take away.
 * `x-forwarded-proto` is the gateway's own, unless it trusts a proxy in front of it: a route that matches on it is refused at synthesis (IM1361) where the
 * gateway's own pods have no `numTrustedProxies`.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export class RouteMatch {
  /**
   * Requests for this path, without what follows a question mark.
   *
   * @param path the path, from its slash
   */
  public static exactPath(path: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.exactPath()', { kind: 'exact', value: path }, options);
  }

  /**
   * Requests for paths that begin with this text. Letter by letter, as Istio compares: `/foo` is a prefix of `/foobar`.
   *
   * @param prefix the beginning of the path, from its slash
   */
  public static pathPrefix(prefix: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.pathPrefix()', { kind: 'prefix', value: prefix }, options);
  }

  /**
   * Requests whose whole path matches a pattern.
   *
   * @param pattern a regular expression of RE2 for the path without the query; one that RE2 cannot compile is refused (IM0109)
   */
  public static pathRegex(pattern: string, options?: RouteMatchOptions): RouteMatch {
    return new RouteMatch('RouteMatch.pathRegex()', { kind: 'regex', value: wholePathRegex(pattern, 'RouteMatch.pathRegex', 'IM1308') }, options);
  }

  /**
   * Requests for every path.
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
      throw new MeshError('IM1308', at, { problem: 'not the name of a parameter that a route can look at', got: nameless, allowed: 'a text that is not empty' });
    }
    Object.entries(options.queryParams ?? {}).forEach(([name, match]) => queryValue(queryName(name, at), match, at));
    const { method, methodMatch, scheme, authority, name, statPrefix } = options;
    if (method !== undefined && methodMatch) {
      throw new MeshError('IM1308', at, { problem: 'the method is said twice', got: [method, methodMatch._toIstio()], allowed: '`method` or `methodMatch`' });
    }
    if ([methodMatch, scheme, authority].some(condition => condition?._kind === 'present')) {
      throw new MeshError('IM1308', at, { problem: 'every request has a method, a scheme and a host', got: {}, allowed: 'an exact text, a prefix or a pattern' });
    }
    if (scheme?._kind === 'exact' && !['http', 'https'].includes(scheme._value)) {
      throw new MeshError('IM1308', at, { problem: 'no request has this scheme', got: scheme._value, allowed: 'http, https' });
    }
    this._match = new HttpMatch({
      path: path && { ...path, ignoreCase: options.ignoreCase },
      method: method === undefined ? methodMatch : StringMatch.exact(method),
      scheme,
      authority,
      name: name === undefined ? undefined : loggedName(name, at, 'the name of the match'),
      statPrefix: statPrefix === undefined ? undefined : loggedName(statPrefix, at, 'the beginning of the statistics'),
      headers: arriving(options.headers, at),
      withoutHeaders: arriving(options.withoutHeaders, at),
      queryParams: options.queryParams,
    });
  }
}

/** The conditions, if gateways leave the headers in requests. */
function arriving(headers: Conditions | undefined, at: string): Conditions | undefined {
  Object.keys(headers ?? {}).forEach(name => checkArrives(name, at));
  return headerConditions(headers, at);
}

/** The conditions, if their names are those of headers, and their values can be. */
export function headerConditions(headers: Conditions | undefined, at: string): Conditions | undefined {
  Object.entries(headers ?? {}).forEach(([name, match]) => headerValue(headerName(name, at, 'IM1308'), match, at));
  return headers;
}
