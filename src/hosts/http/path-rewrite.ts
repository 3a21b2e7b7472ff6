import { PathMatch } from './http-match';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { pathRegex } from '../../values/path-regex';
import { escaped, requestPath } from '../../values/request-path';
import { groupCount } from '../../values/string-match';

/** What Istio rewrites of a request's path. */
type Rewritten = Pick<networking.VirtualServiceSpecHttpRewrite, 'uri' | 'uriRegexRewrite'>;

/**
 * What becomes of the path of a request before it is sent on.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite
 */
export class PathRewrite {
  /**
   * The path becomes this one. Of a path that was matched by its beginning, only that beginning does, and what follows is joined to it by
   * one slash: `/ratings/5`, matched by `/ratings`, becomes `/v1/5` by `/v1` as by `/v1/`, and `/5` by `/`.
   *
   * @param path the path, from its slash, without query, with escapes for characters that paths do not have: `/k%C3%A4se` (IM1331)
   */
  public static to(path: string): PathRewrite {
    requestPath(path, 'PathRewrite.to()', 'IM1331');
    return new PathRewrite(match => replaced(match ?? { kind: 'prefix', value: '/' }, path));
  }

  /**
   * Every part of the path that a pattern matches becomes another text.
   *
   * @param pattern a regular expression of RE2; one that RE2 cannot compile is refused (IM0109)
   * @param replacement the text, in which `\1` to `\9` stand for the groups of the pattern, and `\0` for the whole match; one that names
   * a group that there is not is refused (IM1331)
   */
  public static regex(pattern: string, replacement: string): PathRewrite {
    const at = 'PathRewrite.regex()';
    const match = pathRegex(pattern, 'PathRewrite.regex', 'IM1331');
    const groups = groupCount(pattern);
    const escapes = typeof replacement === 'string' ? replacement.match(/\\./gs) ?? [] : [];
    const rest = typeof replacement === 'string' ? replacement.replace(/\\./gs, '') : '\\';
    if (replacement === '' || rest.includes('\\') || escapes.some(([, group]) => !(group === '\\' || (/\d/.test(group) && Number(group) <= groups)))) {
      throw new MeshError('IM1331', at, {
        problem: 'not what a path can become: Envoy would leave it as it is',
        got: replacement,
        allowed: `a text that is not empty, with groups \\0 to \\${groups}, and \\\\ for a backslash`,
      });
    }
    if (escaped(rest) !== rest) {
      throw new MeshError('IM1331', at, { problem: 'no path has such characters: they are written as escapes', got: replacement, allowed: escaped(rest), next: 'write the escapes' });
    }
    return new PathRewrite(() => ({ uriRegexRewrite: { match, rewrite: replacement } }));
  }

  private constructor(
    /**
     * The rewrite as Istio spells it, for requests whose path was matched so.
     *
     * @internal
     */
    public readonly _toIstio: (match?: PathMatch) => Rewritten,
  ) {}
}

/** Envoy puts the text where the matched beginning was, letter by letter: `/ratings` to `/` would leave `//5` of `/ratings/5`. */
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
