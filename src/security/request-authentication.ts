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
import { collectErrors } from '../kernel/collect-errors';
import { sameCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { objectName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { uniqueId } from '../kernel/unique-id';
import { declareGuard } from '../services/workloads/guards';
import { dnsName } from '../values/names';
import { checkedRequests, comparedPaths } from '../values/requests';

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
}
