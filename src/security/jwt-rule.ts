import { JwtClaim } from './jwt-claim';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../diagnostics/validate-props';
import { HttpMethod } from '../values/http-method';
import { checkedRequests, Requests } from '../values/requests';

/** Options of `JwtRule.of`. */
export interface JwtRuleOptions {
  /**
   * The methods of the requests to which the rule applies.
   *
   * @default - those of the RequestAuthentication
   */
  readonly methods?: HttpMethod[];

  /**
   * The paths of the requests to which the rule applies, in the form of `calls`. Open paths below one of them stay open.
   *
   * @default - those of the RequestAuthentication, without its open paths
   */
  readonly paths?: string[];

  /** The claims that the token must have. All of them are required. */
  readonly claims: JwtClaim[];
}

/** A rule that requires claims in the tokens of some requests. */
export class JwtRule {
  /** A rule. */
  public static of(options: JwtRuleOptions): JwtRule {
    const at = 'JwtRule.of()';
    const { claims } = validateProps('JwtRuleOptions', options, at);
    if (claims.length === 0) {
      throw new MeshError('IM1822', at, { problem: 'the rule has no claims', got: claims, allowed: 'at least one', next: 'remove the rule: a token is required anyway' });
    }
    claims.forEach(claim => instanceOf('JwtClaim', claim, at, 'a claim'));
    return new JwtRule(checkedRequests(options, at) ?? {}, claims);
  }

  private constructor(
    /** @internal */ public readonly _requests: Requests,
    /** @internal */ public readonly _claims: JwtClaim[],
  ) {}
}
