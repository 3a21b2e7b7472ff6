import { RE2JS } from 're2js';
import { MeshError } from '../diagnostics/mesh-error';

/** How a text is compared. */
export type MatchKind = 'exact' | 'prefix' | 'regex' | 'present';

/**
 * How the text of a header or a query parameter is compared.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch
 */
export class StringMatch {
  /**
   * The text is this one, letter by letter.
   *
   * @param value the text
   */
  public static exact(value: string): StringMatch {
    return new StringMatch('exact', text(value, 'StringMatch.exact'));
  }

  /**
   * The text begins with this one.
   *
   * @param value the beginning; an empty one is refused (IM0109), use `present()` instead
   */
  public static prefix(value: string): StringMatch {
    return new StringMatch('prefix', text(value, 'StringMatch.prefix'));
  }

  /**
   * The whole text matches this pattern.
   *
   * @param pattern a regular expression of RE2; one that RE2 cannot compile is refused (IM0109)
   * @see https://github.com/google/re2/wiki/Syntax
   */
  public static regex(pattern: string): StringMatch {
    return new StringMatch('regex', regularExpression(pattern, 'StringMatch.regex'));
  }

  /**
   * The header or query parameter is there, whatever its text.
   */
  public static present(): StringMatch {
    return new StringMatch('present', '');
  }

  private constructor(
    /** @internal */ public readonly _kind: MatchKind,
    /** @internal */ public readonly _value: string,
  ) {}

  /**
   * The match as Istio spells it. Presence is an empty match.
   *
   * @internal
   */
  public _toIstio(): { [kind: string]: string } {
    return this._kind === 'present' ? {} : { [this._kind]: this._value };
  }

  /** @internal */
  public _takes(value: string): boolean {
    switch (this._kind) {
      case 'exact': return value === this._value;
      case 'prefix': return value.startsWith(this._value);
      case 'regex': return RE2JS.compile(this._value).matches(value);
      default: return true;
    }
  }

  /**
   * Whether every value that `other` takes is taken by this match too. Patterns are only compared letter by letter.
   *
   * @internal
   */
  public _covers(other: StringMatch): boolean {
    switch (this._kind) {
      case 'present': return true;
      case 'prefix': return (other._kind === 'exact' || other._kind === 'prefix') && other._value.startsWith(this._value);
      default: return other._kind === this._kind && other._value === this._value;
    }
  }
}

/** The pattern, if RE2 compiles it. */
export function regularExpression(pattern: string, at: string): string {
  text(pattern, at);
  try {
    RE2JS.compile(pattern);
  } catch (e) {
    throw new MeshError('IM0109', `${at}(${JSON.stringify(pattern)})`, {
      problem: `RE2 cannot compile the pattern (${(e as Error).message})`,
      got: pattern,
      allowed: 'a regular expression in the syntax of RE2: no look-around and no back-references',
    });
  }
  return pattern;
}

/** How many groups a pattern has that RE2 compiles. */
export function groupCount(pattern: string): number {
  return RE2JS.compile(pattern).groupCount();
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new MeshError('IM0109', `${at}()`, {
      problem: 'nothing to compare with',
      got: value,
      allowed: 'a text that is not empty',
      next: 'match on presence with StringMatch.present()',
    });
  }
  return value;
}

/** Whether a whole text matches a pattern that RE2 compiles. */
export function matchesPattern(pattern: string, whole: string): boolean {
  return RE2JS.compile(pattern).matches(whole);
}
