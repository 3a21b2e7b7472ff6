import { escaped } from './request-path';
import { regularExpression } from './string-match';
import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';

/** A piece of a pattern: a class, an escape, the head of a group, a count, or one character. */
const TOKENS = /\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P?<\w+>|[a-zA-Z-]*:)|\(\?[a-zA-Z-]+\)|\{\d+(?:,\d*)?\}|[^]/gu;

/** A beginning that has to be there, and is no slash. */
const WITHOUT_SLASH = /^\^?[\w~%-](?![?*{])/;

/** What may be there as often as it likes, or not at all. */
const MAY_BE_ABSENT = /^[?*]$|^\{0/;

/**
 * The pattern, if RE2 compiles it and requests can have such a path. It is compared with the path as proxies write it, without the query.
 */
export function pathRegex(pattern: string, at: string, code: Code): string {
  regularExpression(pattern, at);
  const impossible = impossibleText(pattern);
  if (impossible !== undefined) {
    const right = escaped(impossible);
    throw new MeshError(code, `${at}()`, {
      problem: `no path has ${JSON.stringify(impossible)}: the pattern, or a part of it, would match nothing`,
      got: pattern,
      allowed: right === impossible ? 'paths without query, fragment and backslash' : right,
      ...right === impossible ? { next: 'leave it out: the query is no part of the path' } : { next: `write ${right}` },
    });
  }
  return pattern;
}

/** The pattern, if it can be that of a whole path. */
export function wholePathRegex(pattern: string, at: string, code: Code): string {
  pathRegex(pattern, at, code);
  if (WITHOUT_SLASH.test(pattern) && !pattern.includes('|')) {
    const right = `/${pattern.replace(/^\^/, '')}`;
    throw new MeshError(code, `${at}()`, {
      problem: 'every path begins with a slash, and is compared as a whole: the pattern would match nothing', got: pattern, allowed: right, next: `write ${right}`,
    });
  }
  return pattern;
}

/** A text that a path has to have by the pattern, and never has. Optional parts are left out. */
function impossibleText(pattern: string): string | undefined {
  const tokens = [...pattern.matchAll(TOKENS)].map(([token]) => token);
  const groups: (string | undefined)[] = [undefined];
  tokens.forEach((token, i) => {
    const absent = MAY_BE_ABSENT.test(tokens[i + 1] ?? '');
    if (token === '(' || /^\(\?.*[:>]$/.test(token)) {
      groups.push(undefined);
    } else if (token === ')' && groups.length > 1) {
      const inner = groups.pop();
      groups[groups.length - 1] ??= absent ? undefined : inner;
    } else if (!absent) {
      groups[groups.length - 1] ??= neverInPaths(token);
    }
  });
  return groups[0];
}

/** The character that a token stands for, if no path has it. */
function neverInPaths(token: string): string | undefined {
  const quoted = /^\\\W$/u.test(token);
  if (!quoted && ([...token].length > 1 || /[\^|?*+.$()]/.test(token))) {
    return undefined;
  }
  const literal = quoted ? token.slice(1) : token;
  return /[?#\\]/.test(literal) || (literal !== '%' && escaped(literal) !== literal) ? literal : undefined;
}
