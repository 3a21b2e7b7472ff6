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

  /** The requests that the tokens come with. */
  readonly target: RequestTarget;

  /** Who may have issued the token of such a request. Tokens of other issuers are refused, also of those that another RequestAuthentication names for the pods. */
  readonly issuers: JwtIssuer[];

  /**
   * The paths that need a token, as `calls` takes them. All others need none: `paths: ['/api/account', '/api/account/*']` protects the account and nothing else.
   *
   * @default - every path
   */
  readonly paths?: string[];

  /**
   * The methods of the requests that need a token. Requests with others need none.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * Paths that need no token, as `calls` takes them. An invalid token is still refused.
   *
   * @default - none
   */
  readonly openPaths?: string[];

  /**
   * Whether requests without a token pass. Istio by itself looks at tokens that are there, and lets through what has none.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * What tokens have to claim. Of the requests that a rule is about, it refuses those without a token, and those whose token lacks the claim.
   *
   * @default - nothing
   */
  readonly rules?: JwtRule[];
}
