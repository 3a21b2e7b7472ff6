import { matchesPattern } from '../../values/string-match';

/**
 * Whether a regular expression matches every path with a prefix. Only expressions that end with `.*`, `.+` or `(/.*)?` are decided;
 * the result is false for all others.
 */
export function takesAllBelow(pattern: string, prefix: string): boolean {
  const whole = pattern.replace(/^\^/, '').replace(/([^\\])\$$/, '$1').replace(/^\((?:\?:)?([^()]*)\)$/, '$1');
  return alternatives(whole).some(alternative => {
    const [, head, tail] = /^(.*?)((?<!\\)\.[*+]|\((?:\?:)?\/\.\*\)\?)$/.exec(alternative) ?? [];
    return tail !== undefined && Array.from({ length: prefix.length + 1 }, (_, i) => i)
      .filter(i => tail === '.*' || (tail === '.+' ? i < prefix.length : prefix[i] === '/'))
      .some(i => matchesPattern(head, prefix.slice(0, i)));
  });
}

/** The alternatives of a regular expression: the parts between bars outside of groups and classes. */
function alternatives(pattern: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^]/g)) {
    depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (token === '|' && depth === 0) {
      parts.push('');
    } else {
      parts[parts.length - 1] += token;
    }
  }
  return parts;
}
