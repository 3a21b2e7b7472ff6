import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIssuers, checkOpen, checkRules } from './authentication-checks';
import { RequestAuthenticationProps } from './request-authentication-props';
import { checkPlace } from './target-checks';
import { checkDemands, copiesFor, declareDemand, neighboursOf, TokenDemand } from './token-demand';
import { checkForwarded } from './token-forwarding';
import { tokenRules } from './token-rules';
import * as security from '../../imports/security.istio.io';
import { validateProps } from '../diagnostics/validate-props';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { namespaceOf } from '../kernel/namespace-scope';
import { objectName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { sameCluster } from '../kernel/same-cluster';
import { uniqueId } from '../kernel/unique-id';
import { declareGuardOf } from '../services/workloads/guards';
import { dnsName } from '../values/names';
import { checkedRequests, comparedPaths } from '../values/requests';

/**
 * Authentication of end users by JWT: requests without a valid token are refused.
 *
 * Istio's RequestAuthentication refuses invalid tokens, but accepts requests without a token. So an AuthorizationPolicy refuses those. Its action
 * is DENY, because other ALLOW policies would accept requests without a token. It lists the issuers, because pods accept tokens of every issuer that
 * any RequestAuthentication for them names, at every port and for every host.
 *
 * At ports and hosts of the same pods without a RequestAuthentication, requests need no token. But a request with an expired token, or a token of an issuer
 * unknown to the pods, receives 401 there too: Istio verifies tokens for the pods as a whole, and cannot exclude a port or host.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export class RequestAuthentication extends Construct {
  constructor(scope: Construct, id: string, props: RequestAuthenticationProps) {
    super(scope, uniqueId(scope, id));
    const { name = id, target, issuers, openPaths, optional = false, rules = [] } = validateProps('RequestAuthenticationProps', props, this);
    sameCluster(this, target._of);
    declareGuardOf(target._of, { source: this, outbound: false });
    checkIssuers(issuers, this);
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
    checkOpen(props, this);
    checkRules(demand);
    declareDemand(demand);
    const metadata = { name: dnsName(name, this, 'the name of the RequestAuthentication'), namespace: demand.namespace };
    const selector = () => ({ matchLabels: { ...target._attributes(this).labels } });
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
      // A service or job can have this name and its own policy.
      metadata: { ...metadata, name: objectName(name, 'request', 'authentication') },
      spec: Lazy.any({
        produce: () => ({
          selector: selector(),
          action: security.AuthorizationPolicySpecAction.DENY,
          rules: tokenRules(target._attributes(this), demand, neighboursOf(demand)),
        }),
      }),
    });
    refuseAtSynthesis(this, () => {
      checkPlace(target, this, demand.namespace);
      checkDemands(demand);
      checkForwarded(demand);
    });
  }
}
