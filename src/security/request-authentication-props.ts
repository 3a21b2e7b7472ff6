import { JwtIssuer } from './jwt-issuer';
import { JwtRule } from './jwt-rule';
import { RequestTarget } from './request-target';
import { HttpMethod } from '../values/http-method';

/** Properties of a `RequestAuthentication`. */
export interface RequestAuthenticationProps {
  /**
   * The name of the RequestAuthentication. That of its AuthorizationPolicy is `<name>.request.authentication`.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The requests that carry the tokens. */
  readonly target: RequestTarget;

  /** The accepted issuers. Tokens of other issuers are refused, including issuers of another RequestAuthentication for the same pods. */
  readonly issuers: JwtIssuer[];

  /**
   * The paths that need a token, in the form of `calls`. Other paths need none: `paths: ['/api/account', '/api/account/*']` protects only the account.
   *
   * @default - every path
   */
  readonly paths?: string[];

  /**
   * The methods of the requests that need a token. Requests with other methods need none.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * Paths that need no token, in the form of `calls`. Invalid tokens are still refused.
   *
   * @default - none
   */
  readonly openPaths?: string[];

  /**
   * Whether requests without a token are accepted. Istio's RequestAuthentication alone accepts them.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * The required claims. A rule refuses matching requests without a token, and those whose token lacks the claim.
   *
   * @default - nothing
   */
  readonly rules?: JwtRule[];
}
