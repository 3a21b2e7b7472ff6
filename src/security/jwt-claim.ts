import { MeshError } from '../diagnostics/mesh-error';

/** A claim that Envoy copies into a header of the request, so that policies can compare it. */
export interface CopiedClaim {
  readonly header: string;
  readonly claim: string;
}

/**
 * A condition on a claim of a token.
 *
 * @see https://istio.io/latest/docs/reference/config/security/conditions/
 */
export class JwtClaim {
  /**
   * Requires that a claim equals, or contains, one of these texts. Istio compares texts only: use `ofBoolean` for `true` and `false`, and
   * `ofNumber` for numbers.
   *
   * @param claim the name of the claim, without brackets and spaces (IM1822)
   * @param values the values, at least one, without `true` and `false` (IM1822)
   */
  public static of(claim: string, values: string[]): JwtClaim {
    return JwtClaim.nested([claim], values);
  }

  /**
   * Requires a value of a nested claim, such as `['realm_access', 'roles']`.
   *
   * @param path the names of the claims, the outermost first
   * @param values the values, at least one, as for `of`
   */
  public static nested(path: string[], values: string[]): JwtClaim {
    const at = 'JwtClaim.of()';
    if (!Array.isArray(path) || path.length === 0 || path.some(name => typeof name !== 'string' || name === '' || /[[\]\s]/.test(name))) {
      throw new MeshError('IM1822', at, { problem: 'this is not the name of a claim', got: path, allowed: 'a text without brackets and spaces' });
    }
    if (!Array.isArray(values) || values.length === 0 || values.some(value => typeof value !== 'string' || value === '')) {
      throw new MeshError('IM1822', at, { problem: `claim ${path.join('.')} has no values`, got: values, allowed: 'at least one text' });
    }
    const starred = values.find(value => value.includes('*'));
    if (starred !== undefined) {
      throw new MeshError('IM1822', at, { problem: `Istio reads the star in ${starred} as a wildcard`, got: values, allowed: 'whole values', next: 'list the values' });
    }
    const truth = values.find(value => value === 'true' || value === 'false');
    if (truth !== undefined) {
      throw new MeshError('IM1822', at, {
        problem: `Istio compares claims as texts, so a token whose ${path.join('.')} is the boolean ${truth} never matches`,
        got: values,
        allowed: 'texts',
        next: path.length === 1 ? `write JwtClaim.ofBoolean('${path[0]}', ${truth}), which also matches the text` : 'use a top-level claim with JwtClaim.ofBoolean()',
      });
    }
    return new JwtClaim(path, `request.auth.claims${path.map(name => `[${name}]`).join('')}`, [...new Set(values)].sort());
  }

  /**
   * Requires that a claim is `true`, or that it is `false`. Envoy copies the claim into the header `x-jwt-claim-<claim>`, replacing the caller's
   * header, and the rule compares the header. The application receives the header too.
   *
   * @param claim the name of the claim: letters, digits, dashes and underscores (IM1822)
   * @param value the required value
   */
  public static ofBoolean(claim: string, value: boolean): JwtClaim {
    const at = 'JwtClaim.ofBoolean()';
    if (typeof value !== 'boolean') {
      throw new MeshError('IM1822', at, { problem: `claim ${claim} needs a boolean`, got: value, allowed: 'true or false', next: 'for a text use JwtClaim.of()' });
    }
    return JwtClaim.copied(claim, [String(value)], at);
  }

  /**
   * Requires that a claim is one of these whole numbers. The rule compares it in a header, as for `ofBoolean`.
   *
   * @param claim the name of the claim: letters, digits, dashes and underscores (IM1822)
   * @param values the numbers, at least one
   */
  public static ofNumber(claim: string, values: number[]): JwtClaim {
    const at = 'JwtClaim.ofNumber()';
    if (!Array.isArray(values) || values.length === 0 || values.some(value => !Number.isSafeInteger(value))) {
      throw new MeshError('IM1822', at, { problem: `claim ${claim} needs whole numbers`, got: values, allowed: 'at least one whole number', next: 'for texts use JwtClaim.of()' });
    }
    return JwtClaim.copied(claim, [...new Set(values)].sort((a, b) => a - b).map(String), at);
  }

  private static copied(claim: string, values: string[], at: string): JwtClaim {
    if (typeof claim !== 'string' || !/^[A-Za-z0-9]([-_A-Za-z0-9]*[A-Za-z0-9])?$/.test(claim)) {
      throw new MeshError('IM1822', at, { problem: 'the name of this claim is not valid in a header', got: claim, allowed: 'letters, digits, dashes and underscores', next: 'use a top-level claim' });
    }
    const header = `x-jwt-claim-${claim.toLowerCase()}`;
    return new JwtClaim([claim], `request.headers[${header}]`, values, { header, claim });
  }

  private constructor(
    /** @internal */ public readonly _path: string[],
    /** @internal */ public readonly _key: string,
    /** @internal */ public readonly _values: string[],
    /** @internal */ public readonly _copied?: CopiedClaim,
  ) {}
}
