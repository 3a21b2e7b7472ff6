import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { JwtIssuer } from './jwt-issuer';
import { JwtRule } from './jwt-rule';
import { RequestTarget } from './request-target';
import { checkDemands, copiesFor, declareDemand, neighboursOf, TokenDemand } from './token-demand';
import { checkForwarded } from './token-forwarding';
import { tokenRules } from './token-rules';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { collectErrors } from '../kernel/collect-errors';
import { sameCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { objectName } from '../kernel/naming';
import { needsIstio } from '../kernel/needs-istio';
import { owned } from '../kernel/owned-objects';
import { uniqueId } from '../kernel/unique-id';
import { isGateway } from '../services/workloads/gateway-pods';
import { declareGuard } from '../services/workloads/guards';
import { hasSidecars } from '../services/workloads/sidecars';
import { HttpMethod } from '../values/http-method';
import { dnsName } from '../values/names';
import { pathCovers } from '../values/policy-paths';
import { IstioRelease } from '../values/release';
import { checkedRequests, comparedPaths } from '../values/requests';

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

/**
 * Tokens of users, as JWT: requests without a valid one are refused.
 *
 * Istio's own RequestAuthentication refuses what is no token, and lets through what has none. So a second object refuses that: as a DENY, since
 * another ALLOW policy would let requests in without a token. It names the issuers: pods take tokens of every issuer that
 * any RequestAuthentication for them names, at every port and for every host.
 *
 * At ports and hosts of the same pods that no RequestAuthentication is for, a request needs no token. One that carries a token of an issuer unknown to the pods,
 * or an expired one, gets 401 there as well: Istio checks tokens for the pods as a whole, and has no setting that leaves a port or host out.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export class RequestAuthentication extends Construct {
  constructor(scope: Construct, id: string, props: RequestAuthenticationProps) {
    super(scope, uniqueId(scope, id));
    const { name = id, target, issuers, openPaths, optional = false, rules = [] } = validateProps('RequestAuthenticationProps', props, this);
    sameCluster(this, target._of);
    declareGuard({ source: this, outbound: false, covers: workload => workload.constructs.includes(target._of) });
    const names = issuers.map(({ issuer }) => issuer);
    if (issuers.length === 0 || new Set(names).size < names.length) {
      throw new MeshError('IM1821', this, { problem: issuers.length === 0 ? 'nobody issues tokens' : 'an issuer is there twice', got: names, allowed: 'at least one issuer, each once' });
    }
    if (issuers.some(issuer => issuer._splitsMore)) {
      needsIstio(this, IstioRelease.V1_28, '`spaceDelimitedClaims` of an issuer');
    }
    const demand: TokenDemand = {
      at: this,
      namespace: namespaceOf(this),
      target,
      issuers,
      optional,
      ...checkedRequests(props, this),
      openPaths: openPaths && comparedPaths(openPaths),
      rules,
    };
    this.checkOpen(props);
    this.checkRules(demand);
    declareDemand(demand);
    const metadata = { name: dnsName(name, this, 'the name of the RequestAuthentication'), namespace: demand.namespace };
    const selector = () => ({ matchLabels: { ...target._facts(this).labels } });
    new security.RequestAuthentication(this, owned(this, 'Resource'), {
      metadata,
      spec: Lazy.any({
        produce: () => {
          const all = [demand, ...neighboursOf(demand)];
          return { selector: selector(), jwtRules: issuers.map(issuer => issuer._toIstio(copiesFor(issuer, all))) };
        },
      }),
    });
    new security.AuthorizationPolicy(this, owned(this, 'AuthorizationPolicy'), {
      // A service or job may have this name, and a policy of its own.
      metadata: { ...metadata, name: objectName(name, 'request', 'authentication') },
      spec: Lazy.any({
        produce: () => ({
          selector: selector(),
          action: security.AuthorizationPolicySpecAction.DENY,
          rules: tokenRules(target._facts(this), demand, neighboursOf(demand)),
        }),
      }),
    });
    this.node.addValidation({
      validate: () => collectErrors(this, () => {
        checkPlace(target, this, demand.namespace);
        checkDemands(demand);
        checkForwarded(demand);
      }),
    });
  }

  private checkOpen({ openPaths, paths }: RequestAuthenticationProps): void {
    if (openPaths?.length === 0) {
      throw new MeshError('IM1802', this, { problem: 'the list of open paths is empty', got: openPaths, next: 'leave it out, which means none' });
    }
    checkedRequests({ paths: openPaths }, this);
    const all = openPaths?.find(path => path === '/*' || path === '/{**}');
    if (all !== undefined) {
      throw new MeshError('IM1809', this, { problem: 'every path is open: no request would need a token', got: all, next: 'say `optional`, or name the paths' });
    }
    const stray = paths && openPaths?.find(open => !paths.some(path => path !== open && pathCovers(path, open)));
    if (stray !== undefined) {
      throw new MeshError('IM1809', this, {
        problem: `${stray} is open, and is not below one of the paths that need a token`, got: stray, allowed: `below ${paths!.join(', ')}`, next: 'leave it out of `openPaths`, or out of `paths`',
      });
    }
  }

  private checkRules({ rules, openPaths = [], issuers }: TokenDemand): void {
    for (const { _requests: { paths = [] }, _claims } of rules) {
      const both = paths.find(path => openPaths.includes(path));
      if (both !== undefined) {
        throw new MeshError('IM1825', this, { problem: `${both} is open, and a rule asks for claims there`, got: both, next: 'leave it out of one of the two' });
      }
      const split = issuers.flatMap(issuer => issuer._splitClaims);
      const words = _claims.find(({ _path, _values }) => _path.length === 1 && split.includes(_path[0]) && _values.some(value => /\s/.test(value)));
      if (words) {
        throw new MeshError('IM1822', this, {
          problem: `the words of claim ${words._path[0]} are compared one by one: none of them has a blank`, got: words._values, allowed: 'one word a value', next: 'write a claim for each word',
        });
      }
    }
  }
}

/** A policy with a selector is for pods of its own namespace, and it is their proxies that ask. */
export function checkPlace(target: RequestTarget, at: Construct, here: string): void {
  const { namespace } = target._facts(at);
  if (namespace !== here) {
    throw new MeshError('IM1823', at, { problem: `the pods are in another namespace: ${target._of.node.path} is served by those of ${namespace}`, got: here, allowed: namespace });
  }
  if (!isGateway(target._of) && !hasSidecars(at, namespace)) {
    throw new MeshError('IM1829', at, { problem: `pods of namespace ${namespace} get no sidecars: nothing would check the requests to ${target._of.node.path}`, got: namespace });
  }
}
