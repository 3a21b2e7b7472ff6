import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { JwtIssuer } from './jwt-issuer';
import { JwtRule } from './jwt-rule';
import { RequestTarget, TargetFacts } from './request-target';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { refusals } from '../kernel/guarded';
import { sameCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { owned } from '../kernel/owned-objects';
import { uniqueId } from '../kernel/unique-id';
import { declareGuard } from '../services/guards';
import { constructsOf } from '../services/workloads';
import { dnsName } from '../values/names';
import { checkedRequests, comparedPaths } from '../values/requests';

/** Properties of a `RequestAuthentication`. */
export interface RequestAuthenticationProps {
  /**
   * The name of the objects.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The requests that need a token. */
  readonly target: RequestTarget;

  /** Who may have issued it. */
  readonly issuers: JwtIssuer[];

  /**
   * Paths that need no token, as `calls` takes them. A token that is there and does not hold is refused all the same.
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
   * What tokens have to claim. A rule refuses, among the requests that it is about, all whose token does not claim that, and those without one.
   *
   * @default - nothing
   */
  readonly rules?: JwtRule[];
}

type Rule = security.AuthorizationPolicySpecRules;

/**
 * Tokens of users, as JWT: requests without one that holds are refused.
 *
 * Istio's own RequestAuthentication refuses what is no token, and lets through what has none. So a second object refuses that: as a DENY, since
 * whatever else lets callers through would let them through without a token, too.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export class RequestAuthentication extends Construct {
  private readonly namespace: string;

  /**
   * @throws IM0106 on a name that cannot be, IM1008 on requests of another cluster, IM1802 on paths that cannot be compared, IM1809 where every path is open, IM1821 without an issuer or with one
   * twice, IM1823 outside of the namespace of the pods; at synthesis IM1803, IM1804 and IM1809 on a gateway that cannot look into requests
   */
  constructor(scope: Construct, id: string, props: RequestAuthenticationProps) {
    super(scope, uniqueId(scope, id));
    const { name = id, target, issuers } = shaped('RequestAuthenticationProps', props, this);
    sameCluster(this, target._of);
    declareGuard({ source: this, outbound: false, covers: workload => constructsOf(workload).includes(target._of) });
    this.namespace = namespaceOf(this);
    const names = issuers.map(({ issuer }) => issuer);
    if (issuers.length === 0 || new Set(names).size < names.length) {
      throw new MeshError('IM1821', this, { problem: issuers.length === 0 ? 'nobody issues tokens' : 'an issuer is there twice', got: names, allowed: 'at least one issuer, each once' });
    }
    this.checkOpen(props);
    const metadata = { name: dnsName(name, this, 'the name of the RequestAuthentication'), namespace: this.namespace };
    new security.RequestAuthentication(this, owned(this, 'Resource'), {
      metadata,
      spec: Lazy.any({ produce: () => ({ selector: this.selector(target), jwtRules: issuers.map(issuer => issuer._toIstio()) }) }),
    });
    if (!props.optional || props.rules?.length) {
      new security.AuthorizationPolicy(this, owned(this, 'AuthorizationPolicy'), {
        metadata,
        spec: Lazy.any({
          produce: () => ({
            selector: this.selector(target), action: security.AuthorizationPolicySpecAction.DENY, rules: rulesOf(target._facts(this), props),
          }),
        }),
      });
    }
    this.node.addValidation({ validate: () => refusals(this, () => this.checkPlace(target)) });
  }

  private checkOpen({ openPaths: paths }: RequestAuthenticationProps): void {
    if (paths?.length === 0) {
      throw new MeshError('IM1802', this, { problem: 'the list of open paths is empty', got: paths, next: 'leave it out, which means none' });
    }
    checkedRequests({ paths }, this);
    const all = paths?.find(path => path === '/*' || path === '/{**}');
    if (all !== undefined) {
      throw new MeshError('IM1809', this, { problem: 'every path is open: no request would need a token', got: all, next: 'say `optional`, or name the paths' });
    }
  }

  private selector(target: RequestTarget) {
    return { matchLabels: { ...target._facts(this).labels } };
  }

  private checkPlace(target: RequestTarget): void {
    checkPlace(target, this, this.namespace);
  }
}

/** A policy with a selector is for pods of its own namespace. */
export function checkPlace(target: RequestTarget, at: Construct, here: string): void {
  const { namespace } = target._facts(at);
  if (namespace !== here) {
    throw new MeshError('IM1823', at, { problem: `the pods are in another namespace: ${target._of.node.path} is served by those of ${namespace}`, got: here, allowed: namespace });
  }
}

/** What is refused: each rule is one way to fail. */
function rulesOf({ ports, hosts }: TargetFacts, { optional, openPaths, rules = [] }: RequestAuthenticationProps): Rule[] {
  const notPaths = openPaths && comparedPaths(openPaths);
  const missing: Rule = { from: [{ source: { notRequestPrincipals: ['*'] } }], to: [{ operation: { ports, hosts, notPaths } }] };
  return [
    ...optional ? [] : [missing],
    ...rules.flatMap(({ _requests: { methods, paths }, _claims }) => _claims.map(claim => ({
      to: [{ operation: { ports, hosts, methods, paths } }],
      when: [{ key: claim._key, notValues: claim._values }],
    }))),
  ];
}
