import { PathMatch } from './http-match';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { pathRegex } from '../../values/path-regex';
import { escaped, requestPath } from '../../values/request-path';
import { groupCount } from '../../values/string-match';

/** The fields of `rewrite` in a VirtualService that concern the path. */
type Rewritten = Pick<networking.VirtualServiceSpecHttpRewrite, 'uri' | 'uriRegexRewrite'>;

/**
 * How the path of a request is rewritten before it is forwarded.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite
 */
export class PathRewrite {
  /**
   * Replaces the path. If the route matches a prefix, only the prefix is replaced, and one slash joins it to the rest:
   * with the match `/ratings`, `/ratings/5` becomes `/v1/5` by `/v1` or `/v1/`, and `/5` by `/`.
   *
   * @param path the new path, starting with a slash, without a query, percent-encoded where needed: `/k%C3%A4se` (IM1331)
   */
  public static to(path: string): PathRewrite {
    requestPath(path, 'PathRewrite.to()', 'IM1331');
    return new PathRewrite(match => replaced(match ?? { kind: 'prefix', value: '/' }, path));
  }

  /**
   * Replaces every part of the path that a regular expression matches.
   *
   * @param pattern a regular expression in RE2 syntax (IM0109)
   * @param replacement the new text; `\1` to `\9` are the groups of the expression and `\0` is the whole match. A group that does not exist
   * is refused (IM1331)
   */
  public static regex(pattern: string, replacement: string): PathRewrite {
    const at = 'PathRewrite.regex()';
    const match = pathRegex(pattern, 'PathRewrite.regex', 'IM1331');
    const groups = groupCount(pattern);
    const escapes = typeof replacement === 'string' ? replacement.match(/\\./gs) ?? [] : [];
    const rest = typeof replacement === 'string' ? replacement.replace(/\\./gs, '') : '\\';
    if (replacement === '' || rest.includes('\\') || escapes.some(([, group]) => !(group === '\\' || (/\d/.test(group) && Number(group) <= groups)))) {
      throw new MeshError('IM1331', at, {
        problem: 'the replacement is invalid: Envoy would not rewrite the path',
        got: replacement,
        allowed: `a text that is not empty, with groups \\0 to \\${groups}, and \\\\ for a backslash`,
      });
    }
    if (escaped(rest) !== rest) {
      throw new MeshError('IM1331', at, { problem: 'the replacement has characters that must be percent-encoded', got: replacement, allowed: escaped(rest), next: 'write the escapes' });
    }
    return new PathRewrite(() => ({ uriRegexRewrite: { match, rewrite: replacement } }));
  }

  private constructor(
    /**
     * Renders the rewrite for requests whose path is matched by `match`.
     *
     * @internal
     */
    public readonly _toIstio: (match?: PathMatch) => Rewritten,
  ) {}
}

/** Envoy replaces the prefix character by character: `/ratings` to `/` would turn `/ratings/5` into `//5`. */
function replaced({ kind, value, ignoreCase }: PathMatch, path: string): Rewritten {
  if (kind !== 'prefix' || value.endsWith('/') === path.endsWith('/')) {
    return { uri: path };
  }
  if (value.endsWith('/')) {
    return { uri: `${path}/` };
  }
  const literal = value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { uriRegexRewrite: { match: `^${ignoreCase ? `(?i:${literal})` : literal}/?`, rewrite: path.replace(/\\/g, '\\\\') } };
}
