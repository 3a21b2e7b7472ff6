import { CopiedClaim } from './jwt-claim';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';

/** The private parameters of a JSON Web Key. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/**
 * The public keys (JWKS) that verify the tokens of an issuer.
 *
 * @see https://istio.io/latest/docs/reference/config/security/request_authentication/#JWTRule
 */
export class JwtKeys {
  /**
   * Keys that istiod fetches from a URL, and refreshes periodically.
   *
   * @param url the `https://` or `http://` URL of the JSON Web Key Set (IM1821)
   */
  public static at(url: string): JwtKeys {
    if (!isAddress(url)) {
      throw new MeshError('IM1821', 'JwtKeys.at()', { problem: 'the URL of the keys is invalid', got: url, allowed: 'a URL such as https://login.example.com/keys' });
    }
    return new JwtKeys({ jwksUri: url });
  }

  /**
   * Keys inside the RequestAuthentication. They change only when the object is applied again.
   *
   * @param keys the JSON Web Key Set as JSON text, with public keys only (IM1821)
   */
  public static inline(keys: string): JwtKeys {
    const at = 'JwtKeys.inline()';
    const found = parsed(keys);
    const secret = Array.isArray(found) ? found.flatMap(key => Object.keys((key ?? {}) as object)).find(name => PRIVATE.includes(name)) : undefined;
    if (secret !== undefined) {
      // The key itself stays out of the message.
      throw new MeshError('IM1821', at, { problem: 'one of the keys is private, so every reader of the policy could issue tokens', got: secret, next: 'remove its private parameters' });
    }
    if (!Array.isArray(found) || found.length === 0 || found.some(key => typeof (key as { kty?: unknown } | null)?.kty !== 'string')) {
      throw new MeshError('IM1821', at, { problem: 'this is not a JSON Web Key Set', got: keys, allowed: 'JSON with a list of `keys`, each with its type, `kty`' });
    }
    return new JwtKeys({ jwks: keys });
  }

  /** The keys that the issuer names in its OpenID configuration, which istiod fetches from `<issuer>/.well-known/openid-configuration`. */
  public static discovered(): JwtKeys {
    return new JwtKeys({});
  }

  private constructor(/** @internal */ public readonly _rule: security.RequestAuthenticationSpecJwtRules) {}
}

/** Attributes of an issuer of tokens. */
export interface JwtIssuerOptions {
  /** The name of the issuer: the value of `iss` in its tokens. */
  readonly issuer: string;

  /** The public keys that verify its tokens. */
  readonly keys: JwtKeys;

  /**
   * The accepted audiences: a token must have one of them in `aud`.
   *
   * @default - any audience
   */
  readonly audiences?: string[];

  /**
   * The headers that may carry the token, each with the prefix before the token, such as `{ 'x-token': '' }`.
   *
   * @default - `authorization` with `Bearer `
   */
  readonly fromHeaders?: { [name: string]: string };

  /**
   * The query parameters that may carry the token.
   *
   * @default - `access_token`
   */
  readonly fromParams?: string[];

  /**
   * The cookies that may carry the token.
   *
   * @default - none
   */
  readonly fromCookies?: string[];

  /**
   * Whether the token is forwarded to the application.
   *
   * @default false
   */
  readonly forwardToken?: boolean;

  /**
   * Claims that are forwarded as headers, by header name. Headers of callers with these names are removed.
   *
   * @default - none
   */
  readonly claimsToHeaders?: { [header: string]: string };

  /**
   * Claims with several words separated by spaces, such as `scp: "read write"`, which rules compare one by one. Needs Istio 1.28 (IM1338).
   *
   * @default - `scope` and `permission`, which are always included
   * @see https://istio.io/latest/docs/reference/config/security/request_authentication/#JWTRule
   */
  readonly spaceDelimitedClaims?: string[];
}

/** The claims whose words Istio always compares one by one. */
const SPLIT = ['permission', 'scope'];

/**
 * An issuer of JSON Web Tokens (JWT), and how its tokens are verified.
 *
 * @see https://istio.io/latest/docs/reference/config/security/request_authentication/#JWTRule
 */
export class JwtIssuer {
  /** An issuer. */
  public static of(options: JwtIssuerOptions): JwtIssuer {
    const at = 'JwtIssuer.of()';
    const { issuer, keys, audiences, fromParams, fromCookies, fromHeaders, claimsToHeaders, spaceDelimitedClaims } = validateProps('JwtIssuerOptions', options, at);
    if (issuer.trim() === '') {
      throw new MeshError('IM1821', at, { problem: 'the issuer has no name, so tokens of any issuer would be accepted', got: issuer, allowed: 'the value of `iss` in tokens' });
    }
    if (issuer.startsWith('*') || issuer.endsWith('*')) {
      throw new MeshError('IM1821', at, { problem: 'Istio reads the star as a wildcard: it would accept tokens of other issuers', got: issuer, allowed: 'the value of `iss` in tokens' });
    }
    const empty = Object.entries({ audiences, fromParams, fromCookies, spaceDelimitedClaims }).find(([, list]) => list?.length === 0 || list?.includes(''));
    if (empty) {
      throw new MeshError('IM1821', at, { problem: `${empty[0]} is empty or has an empty entry`, got: empty[1], next: 'remove it' });
    }
    if (keys._rule.jwks === undefined && keys._rule.jwksUri === undefined && !isAddress(issuer)) {
      throw new MeshError('IM1821', at, {
        problem: 'the issuer is not a URL, so it has no OpenID configuration with its keys', got: issuer, next: 'set their URL: JwtKeys.at(…)',
      });
    }
    checkHeaders({ fromHeaders, claimsToHeaders }, at);
    return new JwtIssuer(options);
  }

  private constructor(private readonly options: JwtIssuerOptions) {}

  /** The name of the issuer. */
  public get issuer(): string {
    return this.options.issuer;
  }

  /** @internal */
  public get _audiences(): string[] | undefined {
    return this.options.audiences && [...new Set(this.options.audiences)].sort();
  }

  /**
   * Whether the token is forwarded to the application.
   *
   * @internal
   */
  public get _forwards(): boolean {
    return this.options.forwardToken ?? false;
  }

  /**
   * The claims whose words are compared one by one.
   *
   * @internal
   */
  public get _splitClaims(): string[] {
    return [...SPLIT, ...this.options.spaceDelimitedClaims ?? []];
  }

  /**
   * Whether an option is set that needs Istio 1.28.
   *
   * @internal
   */
  public get _splitsMore(): boolean {
    return this.options.spaceDelimitedClaims !== undefined;
  }

  /**
   * The locations of the token in a request. If two locations overlap, one text is a prefix of the other.
   *
   * @internal
   */
  public get _places(): string[] {
    const { fromHeaders, fromParams, fromCookies } = this.options;
    const named = [
      ...Object.entries(fromHeaders ?? {}).map(([name, prefix]) => `header ${name.toLowerCase()}: ${prefix}`),
      ...(fromParams ?? []).map(name => `parameter ${name};`),
      ...(fromCookies ?? []).map(name => `cookie ${name};`),
    ];
    return named.length > 0 ? named : ['header authorization: Bearer ', 'parameter access_token;'];
  }

  /**
   * The rule without the audiences.
   *
   * @internal
   */
  public get _key(): string {
    return JSON.stringify({ ...this._toIstio(), audiences: undefined });
  }

  /**
   * @param copies claims that rules compare in headers
   * @internal
   */
  public _toIstio(copies: CopiedClaim[] = []): security.RequestAuthenticationSpecJwtRules {
    const { issuer, keys, audiences, fromHeaders, fromParams, fromCookies, forwardToken, claimsToHeaders, spaceDelimitedClaims } = this.options;
    const headers = Object.entries(claimsToHeaders ?? {}).map(([header, claim]) => ({ header, claim }));
    const more = copies.filter(copy => !headers.some(({ header }) => header.toLowerCase() === copy.header));
    return {
      issuer,
      ...keys._rule,
      audiences,
      fromHeaders: fromHeaders && Object.entries(fromHeaders).map(([name, prefix]) => ({ name, ...prefix ? { prefix } : {} })),
      fromParams,
      fromCookies,
      forwardOriginalToken: forwardToken || undefined,
      outputClaimToHeaders: headers.length + more.length > 0 ? [...headers, ...more] : undefined,
      spaceDelimitedClaims: spaceDelimitedClaims && [...new Set(spaceDelimitedClaims)].sort(),
    };
  }

  /**
   * A header of `claimsToHeaders` with the name of a copied claim's header, but with another claim.
   *
   * @internal
   */
  public _taken({ header, claim }: CopiedClaim): string | undefined {
    return Object.entries(this.options.claimsToHeaders ?? {}).find(([name, value]) => name.toLowerCase() === header && value !== claim)?.[0];
  }
}

/** The header names that Istio's schema accepts. */
const HEADER = /^[-_A-Za-z0-9]+$/;

function checkHeaders({ fromHeaders, claimsToHeaders }: Pick<JwtIssuerOptions, 'fromHeaders' | 'claimsToHeaders'>, at: string): void {
  for (const [option, headers] of Object.entries({ fromHeaders, claimsToHeaders })) {
    const names = headers && Object.keys(headers);
    if (names?.length === 0) {
      throw new MeshError('IM1821', at, { problem: `${option} is empty`, got: headers, next: 'remove it' });
    }
    const odd = names?.find(name => !HEADER.test(name));
    if (odd !== undefined) {
      throw new MeshError('IM1821', at, { problem: `${option} has an invalid header name`, got: odd, allowed: 'letters, digits, dashes and underscores', next: 'use a valid header name' });
    }
  }
  const nameless = Object.entries(claimsToHeaders ?? {}).find(([, claim]) => claim === '');
  if (nameless) {
    throw new MeshError('IM1821', at, { problem: `header ${nameless[0]} has a claim without a name`, got: nameless[1], next: 'name the claim' });
  }
}

function isAddress(url: unknown): boolean {
  return typeof url === 'string' && /^https?:\/\/[^\s/]+(\/\S*)?$/.test(url) && URL.canParse(url);
}

function parsed(keys: string): unknown {
  try {
    return (JSON.parse(keys) as { keys?: unknown } | null)?.keys;
  } catch {
    return undefined;
  }
}
