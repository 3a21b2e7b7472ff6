import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { accessRules, Grant } from './access-rules';
import { NetworkGrants, networkPolicy } from './network-rules';
import * as security from '../../imports/security.istio.io';
import { placedBy } from '../kernel/chart-order';
import { MeshCluster } from '../kernel/mesh-cluster';
import { owned } from '../kernel/owned-objects';
import { collectorsAround, ProxyCallee } from '../services/calls/proxy-callees';
import { SidecarScope } from '../services/namespaces/sidecar-scope';
import { Labels } from '../values/labels';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/** The settings of least privilege. */
export interface Strictness {
  /** The construct that sets them. */
  readonly source: Construct;
  /** Whether undeclared calls are refused; otherwise they are only logged. */
  readonly enforces: boolean;
  readonly networkPolicies: boolean;
  /** Further CIDR blocks that pods may call. */
  readonly blocks: string[];
}

/** The scope, name and pods of an object. Without labels it selects every pod of the namespace. */
export interface Place {
  readonly scope: Construct;
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Labels;
  /** The annotations of the object. */
  readonly annotations?: Labels;
}

/** A host in the form of Sidecar resources. */
export function hostOf({ namespace, host }: ProxyCallee): string {
  return `${namespace}/${host}`;
}

/**
 * Creates an AuthorizationPolicy that refuses all other calls. Without labels it applies to all pods of the namespace.
 *
 * @param meshwide the ports that every proxy of the mesh calls
 */
export function makeAccess(
  { scope, name, namespace, labels, annotations = {} }: Place, { enforces }: Strictness, grants: () => Grant[],
  meshwide: () => number[] = () => [],
): void {
  const policy = new security.AuthorizationPolicy(scope, owned(scope, 'AuthorizationPolicy'), {
    metadata: { name, namespace, annotations: some({ ...annotations, ...enforces ? {} : { 'istio.io/dry-run': 'true' } }) },
    spec: Lazy.any({
      produce: () => ({
        selector: labels && { matchLabels: { ...labels } },
        action: security.AuthorizationPolicySpecAction.ALLOW,
        rules: accessRules(grants(), MeshCluster.of(scope).trustDomain, meshwide()),
      }),
    }),
  });
  if (labels) {
    placedBy(policy, { selector: labels });
  }
}

/** Creates the Sidecar of some pods, which refuses calls of all hosts but these. */
export function makeSidecar(place: Place, { source }: Strictness, hosts: () => readonly string[]): void {
  const sidecar = SidecarScope.of(place.scope, place);
  sidecar.outbound(OutboundTrafficPolicy.REGISTRY_ONLY, source);
  sidecar.limit(hosts);
}

/**
 * Creates a NetworkPolicy that refuses all other connections.
 *
 * @param needs whether it allows what every pod needs. The policy of a workload must allow it, because it may be applied before that of its namespace
 * @param blocks further CIDR blocks that every pod may call
 */
export function makeNetworkPolicy(
  { scope, name, namespace, labels = {}, annotations = {} }: Place, grants: () => NetworkGrants, needs: boolean, blocks: string[] = [],
): void {
  const needed = () => ({ rootNamespace: MeshCluster.of(scope).rootNamespace, blocks, collectors: collectorsAround(scope) });
  new k8s.KubeNetworkPolicy(scope, owned(scope, 'NetworkPolicy'), {
    metadata: { name, namespace, annotations: some(annotations) },
    spec: Lazy.any({ produce: () => networkPolicy(labels, grants(), needs ? needed() : undefined) }),
  });
}

function some(annotations: Labels): Labels | undefined {
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}
