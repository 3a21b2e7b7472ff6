/** The facts of an object that say when it is safe to add: those of its manifest. */
export interface OrderFacts {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its `spec`; read for the kinds of `READS_SPEC` alone. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- manifests of any tool
  readonly spec?: any;
}

/**
 * The steps in which the objects of a chart come, each with its reason. A tool that applies them one by one adds each object after those that it
 * needs, so no request meets half of a change. The order is right for objects that are added; removal needs the opposite order.
 */
enum Step {
  /** Everything else lives in a namespace, or is of a kind that a definition brings. */
  GROUND,
  /** Pods do not start without their accounts, ConfigMaps, Secrets and claims. */
  NEEDS_OF_PODS,
  /** Kinds that this table does not know: operators make Secrets and more of them, which pods and gateways need. */
  OTHER,
  /** A pod gets the names of Services when it starts. Without pods behind it a name takes nothing away. */
  SERVICES,
  /** Policies that need an identity from a token deny all requests until pods check tokens. */
  TOKENS,
  /** Callers are allowed before they start to call, and before a namespace denies other calls. */
  ALLOWED,
  /** Routes lead to pods. */
  WORKLOADS,
  /** A webhook that fails closed stops the API server while its pods are not there. */
  WEBHOOKS,
  /** A route to a subset that no DestinationRule has is answered with 503. A rule of a host that is not known yet does nothing. */
  POLICIES,
  /** A host has its policy when it becomes known: no call goes out without the TLS that the policy says. */
  HOSTS,
  /** A sidecar that is limited to hosts needs them to be known; and has to know a gateway before a route leads through it. */
  SIDECARS,
  /** Who is refused at some pods is refused when all who may call are known, and before a route opens a way to the pods. */
  DENIED,
  /** A gateway listens before routes lead to it. */
  GATEWAYS,
  /** A route that delegates has somewhere to delegate to. */
  DELEGATES,
  /** The leg from an egress gateway to the outside host is there before the leg from the sidecar to the gateway. */
  GATEWAY_ROUTES,
  /** The routes of sidecars lead to all of the above. */
  MESH_ROUTES,
  /** A job calls at once, and may not try again. */
  JOBS,
  /** A namespace allows something to all of its pods, and with that nothing else, */
  NAMESPACE_ALLOWED,
  /** before it denies: what holds for all other pods of a namespace comes when every pod that differs has its own. */
  NAMESPACE_DENIED,
}

/** The steps of kinds, `<group>/<kind>`, that one object shares with every other of its kind. */
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

/** The steps of kinds whose objects differ by what they say. */
const BY_SPEC: { readonly [kind: string]: (spec: OrderFacts['spec']) => Step } = {
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
export function readsSpec(facts: OrderFacts): boolean {
  return BY_SPEC[kindOf(facts)] !== undefined;
}

/**
 * When an object comes among those of its chart: smaller numbers first, those of one number in the order in which they were.
 *
 * It depends on the kind, on whose pods the object is about, and for routes on who asks for them. It does not depend on lists that grow, so that
 * a change of one property moves no object.
 */
export function rankOf(facts: OrderFacts): number {
  const kind = kindOf(facts);
  return BY_SPEC[kind]?.(facts.spec ?? {}) ?? STEPS[kind] ?? Step.OTHER;
}

/** Whether an object says for all pods of its namespace what only those that differ are spared from. */
export function isNamespaceWide(facts: OrderFacts): boolean {
  return rankOf(facts) >= Step.NAMESPACE_ALLOWED;
}

/** Whether an object says for some pods what else its namespace says for all. */
export function isWorkloadPolicy(facts: OrderFacts): boolean {
  return readsSpec(facts) && [Step.ALLOWED, Step.SIDECARS, Step.DENIED].includes(rankOf(facts));
}

function kindOf({ apiVersion, kind }: OrderFacts): string {
  return `${apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core'}/${kind}`;
}

function selectsAll(selector?: { readonly matchLabels?: object; readonly matchExpressions?: unknown[] }): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}
