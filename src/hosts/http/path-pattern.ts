import { matchesPattern } from '../../values/string-match';

/** An alternative of a regular expression that takes everything behind its head. */
interface Open {
  readonly head: string;
  readonly tail: string;
  /** Letters with which every text begins that the head matches. */
  readonly begin: string;
}

/**
 * Whether a regular expression matches every path with a prefix. Only expressions that end with `.*`, `.+` or `(/.*)?` are decided;
 * the result is false for all others.
 */
export function takesAllBelow(pattern: string, prefix: string): boolean {
  return openParts(pattern).some(open => takesBelow(open, prefix));
}

/** The same for many prefixes. Undefined if it is false for all. */
export function belowPattern(pattern: string): ((prefix: string) => boolean) | undefined {
  const all = openParts(pattern);
  return all.length === 0 ? undefined : prefix => all.some(open => takesBelow(open, prefix));
}

function takesBelow({ head, tail, begin }: Open, prefix: string): boolean {
  return prefix.startsWith(begin) && Array.from({ length: prefix.length + 1 }, (_, i) => i)
    .filter(i => tail === '.*' || (tail === '.+' ? i < prefix.length : prefix[i] === '/'))
    .some(i => matchesPattern(head, prefix.slice(0, i)));
}

function openParts(pattern: string): Open[] {
  const whole = pattern.replace(/^\^/, '').replace(/([^\\])\$$/, '$1').replace(/^\((?:\?:)?([^()]*)\)$/, '$1');
  return alternatives(whole).flatMap(alternative => {
    const [, head, tail] = /^(.*?)((?<!\\)\.[*+]|\((?:\?:)?\/\.\*\)\?)$/.exec(alternative) ?? [];
    return tail === undefined ? [] : [{ head, tail, begin: beginOf(head) }];
  });
}

/** The letters before the first one that means something else, or may be missing. */
function beginOf(head: string): string {
  const [plain] = /^[A-Za-z0-9_/-]*/.exec(head)!;
  return /^[*?{]/.test(head.slice(plain.length)) ? plain.slice(0, -1) : plain;
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
