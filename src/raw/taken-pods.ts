import { Finding } from './finding';
import { Ground, OwnedPods } from './ground';
import { Manifest, selectorOf, selects } from './manifest';
import { at, Json, labelsAt, list, text, texts } from '../kernel/json';
import { callsIn } from '../services/calls/recorded-calls';

/** The construct or property to use instead of each kind. */
const INSTEAD: { readonly [kind: string]: string } = {
  PeerAuthentication: 'use `mutualTls` of the namespace or the service, or MeshMutualTls for the whole mesh',
  RequestAuthentication: 'use a RequestAuthentication of this library',
  AuthorizationPolicy: 'use `calls`, LeastPrivilege, a RequestAuthentication or an ExternalAuthorization of this library',
  Sidecar: 'use `outboundTrafficPolicy` of the namespace or LeastPrivilege',
  ProxyConfig: 'use `dnsCapture` of the namespace or an annotation of the pods',
  Telemetry: 'use a MeshTelemetry',
};

function named({ object, json }: Manifest): string {
  return `${object.kind} ${text(json, 'metadata', 'name')}`;
}

function aboutPods(unknown: Manifest, pods: OwnedPods): Finding {
  return { code: 'IM1020', problem: `${named(unknown)} selects the pods of ${pods.by}`, next: INSTEAD[unknown.object.kind] };
}

function aboutNamespace(unknown: Manifest, by: string, what: string): Finding {
  return { code: 'IM1021', problem: `${named(unknown)} applies to ${what}, and ${by} already sets the same`, next: INSTEAD[unknown.object.kind] };
}

/** Policies with `targetRefs` are for gateways and waypoints of the Gateway API. */
function hasTarget(json: Json): boolean {
  return at(json, 'spec', 'targetRef') !== undefined || list(json, 'spec', 'targetRefs').length > 0;
}

/** The owned pods that an object of Istio selects. */
function podsOf({ json, namespace }: Manifest, ground: Ground): OwnedPods[] {
  return hasTarget(json) ? [] : ground.selected(namespace, selectorOf(json));
}

/** The selected pods with sidecars. A mode of mutual TLS or a Sidecar does not apply to gateways. */
function podsWithSidecars(unknown: Manifest, ground: Ground): OwnedPods[] {
  return podsOf(unknown, ground).filter(({ template }) => template !== undefined);
}

/** The owned objects of the same kind for the same whole namespace. */
function duplicate(unknown: Manifest, ground: Ground): Finding[] {
  const { object: { kind }, json, namespace } = unknown;
  const other = selectorOf(json) === undefined && !hasTarget(json) ? ground.wholeNamespace(kind, namespace) : undefined;
  return other ? [aboutNamespace(unknown, other.by, `the pods of namespace ${namespace}`)] : [];
}

export function aboutPeers(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  if (selectorOf(json) !== undefined) {
    return podsWithSidecars(unknown, ground).slice(0, 1).map(pods => aboutPods(unknown, pods));
  }
  const known = namespace === ground.cluster.rootNamespace ? undefined : ground.namespace(namespace);
  const uncovered = podsWithSidecars(unknown, ground).filter(pods => ground.wholeNamespace('PeerAuthentication', pods.namespace) === undefined);
  return [
    ...duplicate(unknown, ground),
    ...known?.mutualTls || known?.injection ? [{
      code: 'IM1021' as const, problem: `${named(unknown)} sets the mode of namespace ${namespace}, which checks of constructs depend on`, next: INSTEAD.PeerAuthentication,
    }] : [],
    ...uncovered.map(pods => aboutPods(unknown, pods)),
  ].slice(0, 1);
}

export function aboutTokens(unknown: Manifest, ground: Ground): Finding[] {
  return podsOf(unknown, ground).slice(0, 1).map(pods => aboutPods(unknown, pods));
}

/** ALLOW policies are additive, and as soon as there is one, requests that no policy allows are denied. */
export function aboutAccess(unknown: Manifest, ground: Ground): Finding[] {
  const { json } = unknown;
  const action = text(json, 'spec', 'action') ?? 'ALLOW';
  if (action === 'AUDIT' || text(json, 'metadata', 'annotations', 'istio.io/dry-run') === 'true') {
    return [];
  }
  const meant = podsOf(unknown, ground);
  if (action === 'DENY' && refusesAddresses(json) && meant.every(isGatewayPods)) {
    return [];
  }
  // An ALLOW policy without rules has no effect on pods that have another ALLOW policy.
  const allowsNothing = action === 'ALLOW' && list(json, 'spec', 'rules').length === 0;
  const pods = meant.filter(each => !allowsNothing || !isGuarded(each, ground));
  return [...pods.map(each => aboutPods(unknown, each)), ...allowsNothing ? [] : duplicate(unknown, ground)].slice(0, 1);
}

/** Whether each rule is for some client addresses. No construct sets the addresses from which a gateway receives requests. */
function refusesAddresses(json: Json): boolean {
  const rules = list(json, 'spec', 'rules');
  const names = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'];
  const isNarrow = (from: Json) => names.some(name => texts(from, 'source', name).length > 0);
  return rules.length > 0 && rules.every(rule => list(rule, 'from').length > 0 && list(rule, 'from').every(isNarrow));
}

function isGatewayPods({ template }: OwnedPods): boolean {
  return template === undefined || text(template, 'metadata', 'annotations', 'inject.istio.io/templates') === 'gateway';
}

function isGuarded({ namespace, labels }: OwnedPods, ground: Ground): boolean {
  return ground.all('AuthorizationPolicy').some(({ json, namespace: where }) => where === namespace && selects(selectorOf(json) ?? {}, labels)
    && (text(json, 'spec', 'action') ?? 'ALLOW') === 'ALLOW' && text(json, 'metadata', 'annotations', 'istio.io/dry-run') !== 'true');
}

/**
 * Istio applies one Sidecar to a proxy: that for its labels, its namespace or the mesh. A Sidecar of the user can hide hosts that the pods are
 * declared to call, and ports of their service, even if no construct creates a Sidecar.
 */
export function aboutSidecars(unknown: Manifest, ground: Ground): Finding[] {
  const isWider = selectorOf(unknown.json) === undefined && unknown.namespace === ground.cluster.rootNamespace;
  const isOwn = ({ namespace, labels }: OwnedPods) => ground.all('Sidecar').some(other => other.namespace === namespace && selects(selectorOf(other.json) ?? {}, labels));
  const hides = (pods: OwnedPods) => list(unknown.json, 'spec', 'ingress').length > 0 || calls(pods, ground);
  const pods = podsWithSidecars(unknown, ground).filter(each => (isOwn(each) ? !isWider : hides(each)));
  return [...pods.map(each => aboutPods(unknown, each)), ...duplicate(unknown, ground)].slice(0, 1);
}

/** Whether calls of the pods are declared. */
function calls({ namespace, labels }: OwnedPods, ground: Ground): boolean {
  return callsIn(ground.cluster).some(({ caller }) => {
    const isKnown = caller.construct !== undefined && !caller.isGateway;
    return isKnown && caller.namespace === namespace && selects(caller.podLabels ?? {}, labels);
  });
}

export function aboutTelemetry(unknown: Manifest, ground: Ground): Finding[] {
  const selector = selectorOf(unknown.json);
  const other = selector && ground.all('Telemetry').find(({ json, namespace }) => {
    const owned = selectorOf(json);
    return namespace === unknown.namespace && owned !== undefined && (selects(selector, owned) || selects(owned, selector));
  });
  return other ? [aboutNamespace(unknown, other.by, 'the same pods')] : duplicate(unknown, ground);
}

/** Variables with which constructs configure the DNS proxy of sidecars. */
const DNS_VARIABLES = ['ISTIO_META_DNS_CAPTURE', 'ISTIO_META_DNS_AUTO_ALLOCATE'];

export function aboutProxies(unknown: Manifest, ground: Ground): Finding[] {
  const variables = Object.keys(labelsAt(unknown.json, 'spec', 'environmentVariables') ?? {});
  const own = DNS_VARIABLES.some(name => variables.includes(name)) ? podsOf(unknown, ground).slice(0, 1).map(pods => aboutPods(unknown, pods)) : [];
  return [...duplicate(unknown, ground), ...own].slice(0, 1);
}

/** Filters with which Envoy refuses requests, and settings that affect them. */
const REFUSING = /rbac|jwt|ext_authz|istio_authn|peer_metadata|require_client_certificate|normalize_path|merge_slashes|path_with_escaped_slashes/;

/**
 * The library cannot judge what a filter adds. A filter that removes or replaces what istiod writes for owned pods is refused, and so is one that
 * changes the filters that refuse requests.
 */
export function aboutFilters(unknown: Manifest, ground: Ground): Finding[] {
  const [pods] = podsOf(unknown, ground);
  const undoing = list(unknown.json, 'spec', 'configPatches').map(patch => {
    const operation = text(patch, 'patch', 'operation') ?? '';
    const changed = JSON.stringify([at(patch, 'match'), at(patch, 'patch', 'value')]);
    return operation === 'REMOVE' || operation === 'REPLACE' || (operation === 'MERGE' && REFUSING.test(changed)) ? operation : undefined;
  }).find(operation => operation !== undefined);
  return pods && undoing ? [{
    code: 'IM1020',
    problem: `${named(unknown)} uses ${undoing} on the configuration that istiod writes for the pods of ${pods.by}`,
    next: 'add a separate filter instead of changing an existing one, or select other pods',
  }] : [];
}

/** Network policies are additive: no policy refuses a connection that another one allows. */
export function aboutNetwork(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  const directions = [...list(json, 'spec', 'ingress').length > 0 ? ['Ingress'] : [], ...list(json, 'spec', 'egress').length > 0 ? ['Egress'] : []];
  const other = ground.all('NetworkPolicy').find(policy => policy.namespace === namespace
    && directions.some(direction => texts(policy.json, 'spec', 'policyTypes').includes(direction)) && mayMeet(unknown, policy, ground));
  return other ? [{
    code: 'IM1020',
    problem: `${named(unknown)} allows connections that ${other.by} does not allow: network policies are additive`,
    next: 'declare the calls with `calls`, or select other pods',
  }] : [];
}

function mayMeet(unknown: Manifest, own: Manifest, ground: Ground): boolean {
  const [unknownSelector, ownSelector] = [unknown, own].map(({ json }) => at(json, 'spec', 'podSelector'));
  const labels = labelsAt(ownSelector, 'matchLabels') ?? {};
  if (Object.keys(labels).length === 0) {
    // A policy can allow more to other pods of the namespace, which no construct owns.
    return isWide(unknownSelector) || ground.selected(own.namespace).some(pods => matches(unknownSelector, pods.labels));
  }
  return ground.selected(own.namespace, labels).some(pods => matches(unknownSelector, pods.labels));
}

function isWide(selector: Json): boolean {
  return Object.keys(labelsAt(selector, 'matchLabels') ?? {}).length === 0 && list(selector, 'matchExpressions').length === 0;
}

/** Whether a label selector of Kubernetes selects pods with these labels. */
function matches(selector: Json, labels: { readonly [key: string]: string }): boolean {
  return selects(labelsAt(selector, 'matchLabels') ?? {}, labels) && list(selector, 'matchExpressions').every(expression => {
    const [key, operator, values] = [text(expression, 'key') ?? '', text(expression, 'operator'), texts(expression, 'values')];
    const holds = key in labels;
    return operator === 'Exists' ? holds : operator === 'DoesNotExist' ? !holds : operator === 'In' ? holds && values.includes(labels[key]) : !(holds && values.includes(labels[key]));
  });
}
