import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** How proxies rewrite the path of every request before they compare it. */
export enum PathNormalization {
  /** Dots are resolved. Escaped letters, digits, `-`, `.`, `_` and `~` are written as themselves; quotes, angle brackets, braces, `^`, `|` and what is not ASCII as escapes. */
  BASE = 'BASE',
  /** Slashes that follow each other become one as well. */
  MERGE_SLASHES = 'MERGE_SLASHES',
  /** Escaped slashes and backslashes become slashes before that. */
  DECODE_AND_MERGE_SLASHES = 'DECODE_AND_MERGE_SLASHES',
}

/** What a path may hold besides. */
export interface PathKind {
  /** It is the beginning of a path: dots at its end may be the first of a name. */
  readonly beginning?: boolean;
  /** Braces around stars stand for segments. */
  readonly templates?: boolean;
}

/**
 * The path, if requests can have it. Proxies write the path of every request in their own way before routes and policies compare it: a text
 * that is written otherwise is the path of no request.
 */
export function requestPath(path: unknown, at: Located | string, code: Code, { beginning = false, templates = false }: PathKind = {}): string {
  if (typeof path !== 'string' || !path.startsWith('/') || /[?#]/.test(path)) {
    throw new MeshError(code, at, { problem: 'this is no path of a request', got: path, allowed: 'a text that begins with a slash, without query and fragment' });
  }
  const more = beginning ? 'x' : '';
  const right = normalized(`${path}${more}`, templates);
  if (right !== `${path}${more}`) {
    const spelled = beginning ? right.replace(/x$/, '') : right;
    throw new MeshError(code, at, {
      problem: 'proxies write this path otherwise before they compare it: no request would have it', got: path, allowed: spelled, next: `write ${spelled}`,
    });
  }
  return path;
}

/**
 * What proxies make of a path before it is compared, by `BASE` at least: Envoy 1.40 was seen to do so.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
 */
function normalized(path: string, templates: boolean): string {
  const plain = path.replace(/\\/g, '/').replace(/%[0-9A-Fa-f]{2}/g, escape => {
    const letter = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(letter) ? letter : escape;
  });
  const segments: string[] = [];
  const all = plain.slice(1).split('/');
  all.forEach((segment, i) => {
    const last = i === all.length - 1;
    if (segment === '..') {
      segments.pop();
    }
    if (segment !== '.' && segment !== '..') {
      segments.push(templates && /^\{.*\}$/.test(segment) ? segment : escaped(segment));
    } else if (last) {
      segments.push('');
    }
  });
  return `/${segments.join('/')}`;
}

/** What proxies, or clients before them, write as an escape: a percent sign that begins none, too. */
const UNSAFE = /[\x00-\x20"<>^`{|}\x7f]|[^\x00-\x7f]+|%(?![0-9A-Fa-f]{2})/g; // eslint-disable-line no-control-regex

/** A text of a path with escapes in capitals in place of what no path has. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, found => [...Buffer.from(found)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}
