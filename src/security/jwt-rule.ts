import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, shaped } from '../diagnostics/shaped';
import { HttpMethod } from '../values/http-method';
import { checkedRequests, Requests } from '../values/requests';

/** A claim that a token has to make. */
export class JwtClaim {
  /**
   * A claim that is, or lists, one of these values.
   *
   * @param claim the name of the claim; an empty one is refused (IM1822), and one with brackets, by which Istio would read several names
   * @param values the values, at least one
   */
  public static of(claim: string, values: string[]): JwtClaim {
    return JwtClaim.nested([claim], values);
  }

  /**
   * A claim inside of another one, such as `['realm_access', 'roles']`.
   *
   * @param path the names of the claims, the outermost first
   * @param values the values, at least one
   */
  public static nested(path: string[], values: string[]): JwtClaim {
    const at = 'JwtClaim.of()';
    if (!Array.isArray(path) || path.length === 0 || path.some(name => typeof name !== 'string' || name === '' || /[[\]\s]/.test(name))) {
      throw new MeshError('IM1822', at, { problem: 'this is no name of a claim', got: path, allowed: 'a text without brackets and blanks' });
    }
    if (!Array.isArray(values) || values.length === 0 || values.some(value => typeof value !== 'string' || value === '')) {
      throw new MeshError('IM1822', at, { problem: `claim ${path.join('.')} has no value that would do`, got: values, allowed: 'at least one text' });
    }
    const starred = values.find(value => value.includes('*'));
    if (starred !== undefined) {
      throw new MeshError('IM1822', at, { problem: `Istio reads the star in ${starred} as whatever there may be`, got: values, allowed: 'whole values', next: 'name the values' });
    }
    return new JwtClaim(`request.auth.claims${path.map(name => `[${name}]`).join('')}`, [...new Set(values)].sort());
  }

  private constructor(
    /** @internal */ public readonly _key: string,
    /** @internal */ public readonly _values: string[],
  ) {}
}

/** Options of `JwtRule.of`. */
export interface JwtRuleOptions {
  /**
   * The methods of the requests that the rule is about.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * The paths of the requests that the rule is about, as `calls` takes them.
   *
   * @default - every path
   */
  readonly paths?: string[];

  /** The claims that the token of such a request has to make: all of them. */
  readonly claims: JwtClaim[];
}

/** What tokens have to claim, for some requests. */
export class JwtRule {
  /**
   * A rule.
   *
   * @throws IM1802 on methods and paths that no policy can compare, IM1822 without claims
   */
  public static of(options: JwtRuleOptions): JwtRule {
    const at = 'JwtRule.of()';
    const { claims } = shaped('JwtRuleOptions', options, at);
    if (claims.length === 0) {
      throw new MeshError('IM1822', at, { problem: 'the rule asks for no claim', got: claims, allowed: 'at least one', next: 'drop the rule: a token is required without it' });
    }
    claims.forEach(claim => instanceOf('JwtClaim', claim, at, 'a claim'));
    return new JwtRule(checkedRequests(options, at) ?? {}, claims);
  }

  private constructor(
    /** @internal */ public readonly _requests: Requests,
    /** @internal */ public readonly _claims: JwtClaim[],
  ) {}
}
