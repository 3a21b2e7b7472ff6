/** The parts of a manifest that decide when it is safe to add the object. */
export interface OrderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its `spec`, which is read for kinds of `BY_SPEC` only. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- manifests of any tool
  readonly spec?: any;
}

/**
 * The steps in which the objects of a chart are applied, each with its reason. A tool that applies objects one by one adds each object after those that
 * it needs, so no request meets a partial change. The order is for additions; removals need the opposite order.
 */
enum Step {
  /** All other objects are in a namespace, or of a kind that a CRD defines. */
  GROUND,
  /** Pods do not start without their ServiceAccounts, ConfigMaps, Secrets and volume claims. */
  NEEDS_OF_PODS,
  /** Unknown kinds: operators create Secrets and other objects from them, which pods and gateways need. */
  OTHER,
  /** A pod receives the variables of Services when it starts. A Service without pods does no harm. */
  SERVICES,
  /** Policies that need an identity from a token deny all requests until pods check tokens. */
  TOKENS,
  /** Callers are allowed before they start to call, and before the namespace denies other calls. */
  ALLOWED,
  /** Pods are the targets of routes. */
  WORKLOADS,
  /** A webhook that fails closed blocks the API server while it has no pods. */
  WEBHOOKS,
  /** A route to a subset without a DestinationRule results in 503. A DestinationRule of an unknown host has no effect. */
  POLICIES,
  /** A host has its DestinationRule before Istio knows the host, so no call lacks the TLS of the rule. */
  HOSTS,
  /** A Sidecar lists known hosts, and must list a gateway before a route uses the gateway. */
  SIDECARS,
  /** Policies of pods deny calls after all allowed callers are known, and before a route leads to the pods. */
  DENIED,
  /** A gateway listens before routes lead to it. */
  GATEWAYS,
  /** Delegated routes exist before the routes that delegate to them. */
  DELEGATES,
  /** The hop from an egress gateway to the external host exists before the hop from the sidecar to the gateway. */
  GATEWAY_ROUTES,
  /** Routes of sidecars need all of the above. */
  MESH_ROUTES,
  /** A job calls at once, possibly without retries. */
  JOBS,
  /** A policy that allows requests to all pods of a namespace, and thereby denies all others, */
  NAMESPACE_ALLOWED,
  /** precedes a policy that denies. Policies for a whole namespace follow those of pods with their own policies. */
  NAMESPACE_DENIED,
}

/** The steps of kinds, `<group>/<kind>`, whose objects all have the same step. */
const STEPS: { readonly [kind: string]: Step } = {
  'core/Namespace': Step.GROUND,
  'apiextensions.k8s.io/CustomResourceDefinition': Step.GROUND,
  'storage.k8s.io/StorageClass': Step.GROUND,
  'scheduling.k8s.io/PriorityClass': Step.GROUND,
  'core/ResourceQuota': Step.GROUND,
  'core/LimitRange': Step.GROUND,

  'core/ServiceAccount': Step.NEEDS_OF_PODS,
  'rbac.authorization.k8s.io/Role': Step.NEEDS_OF_PODS,
  'rbac.authorization.k8s.io/ClusterRole': Step.NEEDS_OF_PODS,
  'rbac.authorization.k8s.io/RoleBinding': Step.NEEDS_OF_PODS,
  'rbac.authorization.k8s.io/ClusterRoleBinding': Step.NEEDS_OF_PODS,
  'core/ConfigMap': Step.NEEDS_OF_PODS,
  'core/Secret': Step.NEEDS_OF_PODS,
  'core/PersistentVolume': Step.NEEDS_OF_PODS,
  'core/PersistentVolumeClaim': Step.NEEDS_OF_PODS,

  'core/Service': Step.SERVICES,
  'core/Endpoints': Step.SERVICES,
  'discovery.k8s.io/EndpointSlice': Step.SERVICES,

  'security.istio.io/RequestAuthentication': Step.TOKENS,

  'core/Pod': Step.WORKLOADS,
  'core/ReplicationController': Step.WORKLOADS,
  'apps/ReplicaSet': Step.WORKLOADS,
  'apps/Deployment': Step.WORKLOADS,
  'apps/StatefulSet': Step.WORKLOADS,
  'apps/DaemonSet': Step.WORKLOADS,
  'argoproj.io/Rollout': Step.WORKLOADS,
  'policy/PodDisruptionBudget': Step.WORKLOADS,
  'autoscaling/HorizontalPodAutoscaler': Step.WORKLOADS,
  'networking.istio.io/WorkloadGroup': Step.WORKLOADS,
  'networking.istio.io/WorkloadEntry': Step.WORKLOADS,

  'admissionregistration.k8s.io/MutatingWebhookConfiguration': Step.WEBHOOKS,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': Step.WEBHOOKS,
  'apiregistration.k8s.io/APIService': Step.WEBHOOKS,

  'networking.istio.io/DestinationRule': Step.POLICIES,
  'networking.istio.io/ServiceEntry': Step.HOSTS,

  'networking.istio.io/Gateway': Step.GATEWAYS,
  'gateway.networking.k8s.io/Gateway': Step.GATEWAYS,
  'gateway.networking.k8s.io/HTTPRoute': Step.MESH_ROUTES,
  'gateway.networking.k8s.io/GRPCRoute': Step.MESH_ROUTES,
  'gateway.networking.k8s.io/TLSRoute': Step.MESH_ROUTES,
  'gateway.networking.k8s.io/TCPRoute': Step.MESH_ROUTES,
  'networking.k8s.io/Ingress': Step.MESH_ROUTES,

  'batch/Job': Step.JOBS,
  'batch/CronJob': Step.JOBS,
};

/** The steps of kinds whose objects differ by their `spec`. */
const BY_SPEC: { readonly [kind: string]: (spec: OrderedObject['spec']) => Step } = {
  'security.istio.io/AuthorizationPolicy': spec => {
    const allows = (spec.action ?? 'ALLOW') === 'ALLOW';
    if (spec.action === 'AUDIT') {
      return Step.ALLOWED;
    }
    if (spec.selector ?? spec.targetRef ?? spec.targetRefs) {
      return allows ? Step.ALLOWED : Step.DENIED;
    }
    return allows && spec.rules?.length > 0 ? Step.NAMESPACE_ALLOWED : Step.NAMESPACE_DENIED;
  },
  'security.istio.io/PeerAuthentication': spec => (spec.selector ? Step.DENIED : Step.NAMESPACE_DENIED),
  'networking.k8s.io/NetworkPolicy': spec => (selectsAll(spec.podSelector) ? Step.NAMESPACE_DENIED : Step.ALLOWED),
  'networking.istio.io/Sidecar': spec => (spec.workloadSelector ? Step.SIDECARS : Step.NAMESPACE_DENIED),
  'networking.istio.io/VirtualService': spec => {
    if (!(spec.hosts?.length > 0)) {
      return Step.DELEGATES;
    }
    return spec.gateways?.length > 0 && !spec.gateways.includes('mesh') ? Step.GATEWAY_ROUTES : Step.MESH_ROUTES;
  },
};

/** Whether the place of such an object depends on its `spec`. */
export function readsSpec(object: OrderedObject): boolean {
  return BY_SPEC[kindOf(object)] !== undefined;
}

/**
 * The rank of an object in its chart: smaller numbers first. Objects with one number keep their order.
 *
 * The rank depends on the kind, on the pods that the object selects, and for routes on the proxies that use them. It does not depend on lists that
 * grow, so a change of one property moves no object.
 */
export function rankOf(object: OrderedObject): number {
  const kind = kindOf(object);
  return BY_SPEC[kind]?.(object.spec ?? {}) ?? STEPS[kind] ?? Step.OTHER;
}

/** Whether an object is a policy for all pods of its namespace that have none of their own. */
export function isNamespaceWide(object: OrderedObject): boolean {
  return rankOf(object) >= Step.NAMESPACE_ALLOWED;
}

/** Whether an object is a policy for some pods that takes the place of the policy of their namespace. */
export function isWorkloadPolicy(object: OrderedObject): boolean {
  return readsSpec(object) && [Step.ALLOWED, Step.SIDECARS, Step.DENIED].includes(rankOf(object));
}

function kindOf({ apiVersion, kind }: OrderedObject): string {
  const slash = apiVersion.indexOf('/');
  return `${slash < 0 ? 'core' : apiVersion.slice(0, slash)}/${kind}`;
}

function selectsAll(selector?: { readonly matchLabels?: object; readonly matchExpressions?: unknown[] }): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}
