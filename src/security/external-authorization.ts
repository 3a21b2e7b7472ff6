import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { authorizedNear, declareAuthorized } from './authorized-requests';
import { rulesOn } from './policy-rules';
import { RequestTarget } from './request-target';
import { checkPlace } from './target-checks';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { knownMesh } from '../kernel/known-mesh';
import { namespaceOf } from '../kernel/namespace-scope';
import { objectName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { sameCluster } from '../kernel/same-cluster';
import { uniqueId } from '../kernel/unique-id';
import { declareGuardOf } from '../services/workloads/guards';
import { HttpMethod } from '../values/http-method';
import { dnsName } from '../values/names';
import { checkedRequests } from '../values/requests';

/** Properties of an `ExternalAuthorization`. */
export interface ExternalAuthorizationProps {
  /**
   * The name of the AuthorizationPolicy.
   *
   * @default - `<id>.external.authorization`
   */
  readonly name?: string;

  /** The name of the provider, from `extensionProviders` of the mesh config. */
  readonly provider: string;

  /** The requests that the provider authorizes. */
  readonly target: RequestTarget;

  /**
   * The methods of these requests.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * The paths of these requests, in the form of `calls`.
   *
   * @default - every path
   */
  readonly paths?: string[];
}

/**
 * External authorization: an AuthorizationPolicy with the action CUSTOM, which Envoy evaluates before all others. The other policies still apply to
 * requests that the provider allows.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
 */
export class ExternalAuthorization extends Construct {
  constructor(scope: Construct, id: string, props: ExternalAuthorizationProps) {
    super(scope, uniqueId(scope, id));
    const { name, target, provider } = validateProps('ExternalAuthorizationProps', props, this);
    sameCluster(this, target._of);
    declareGuardOf(target._of, { source: this, outbound: false, provider });
    if (!/^\S+$/.test(provider)) {
      throw new MeshError('IM1824', this, { problem: 'the provider has no name', got: provider });
    }
    const requests = checkedRequests(props, this);
    const objectId = dnsName(name ?? id, this, 'the name of the AuthorizationPolicy');
    const namespace = namespaceOf(this);
    declareAuthorized({ provider, of: target, at: this });
    new security.AuthorizationPolicy(this, owned(this, 'Resource'), {
      metadata: { name: name === undefined ? objectName(objectId, 'external', 'authorization') : objectId, namespace },
      spec: Lazy.any({
        produce: () => {
          const attributes = target._attributes(this);
          return {
            selector: { matchLabels: { ...attributes.labels } },
            action: security.AuthorizationPolicySpecAction.CUSTOM,
            provider: { name: provider },
            rules: rulesOn(attributes, requests ?? {}),
          };
        },
      }),
    });
    refuseAtSynthesis(this, () => {
      checkPlace(target, this, namespace);
      this.checkOnly(target, provider);
      this.checkKnown(provider);
    });
  }

  private checkKnown(provider: string): void {
    const { authorizers } = knownMesh(this);
    if (authorizers && !authorizers.includes(provider)) {
      throw new MeshError('IM1824', this, {
        problem: `the mesh config has no external authorizer named ${provider}`,
        got: provider,
        allowed: authorizers.join(', ') || 'none yet',
        next: `add it: meshConfig: { extensionProviders: [{ name: '${provider}', envoyExtAuthzGrpc: { service, port } }] }`,
      });
    }
  }

  /** Refuses two providers for the same pods: Istio would deny every request. */
  private checkOnly(target: RequestTarget, provider: string): void {
    const near = authorizedNear({ provider, of: target, at: this });
    const other = near.find(({ at, provider: otherProvider }) => otherProvider !== provider && at.node.path < this.node.path);
    if (other) {
      throw new MeshError('IM1824', this, { problem: `${other.at.node.path} uses another provider for the same pods`, got: provider, allowed: other.provider });
    }
  }
}
