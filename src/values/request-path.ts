/** How proxies rewrite the path of every request before they compare it. */
export enum PathNormalization {
  /** Dots are resolved, and escaped letters, digits, `-`, `.`, `_` and `~` written as themselves: `/a/../%62` becomes `/b`. */
  BASE = 'BASE',
  /** Slashes that follow each other become one as well. */
  MERGE_SLASHES = 'MERGE_SLASHES',
  /** Escaped slashes and backslashes become slashes before that. */
  DECODE_AND_MERGE_SLASHES = 'DECODE_AND_MERGE_SLASHES',
}

/**
 * What proxies make of a path before it is compared, by `BASE` at least. A text that is not its own normal form is the path of no request.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
 */
export function normalized(path: string): string {
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
      segments.push(segment);
    } else if (last) {
      segments.push('');
    }
  });
  return `/${segments.join('/')}`;
}
