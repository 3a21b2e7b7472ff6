/**
 * A composition as data: what a program says, before it is written as code. The program is written from it (`program.ts`), and so are the
 * questions to the mesh (`questions.ts`). Neither asks the library what it makes of the program.
 */
export interface Plan {
  readonly seed: number;
  /** The name of a MeshCluster that the charts stand in, where there is one. */
  readonly cluster?: string;
  readonly charts: readonly string[];
  readonly namespaces: readonly NamespacePlan[];
  readonly services: readonly ServicePlan[];
  readonly jobs: readonly JobPlan[];
  readonly calls: readonly CallPlan[];
  readonly splits: readonly SplitPlan[];
  readonly policies: readonly PolicyPlan[];
  readonly gateways: readonly GatewayPlan[];
  readonly routes: readonly RoutePlan[];
  readonly tokens: readonly TokenPlan[];
  readonly exits: readonly ExitPlan[];
  readonly privileges: readonly PrivilegePlan[];
  readonly aliases: readonly AliasPlan[];
  /** The callers that another team deploys, in the namespace `default`. */
  readonly identities: readonly IdentityPlan[];
  /** Whether policies and LeastPrivilege are declared before calls and routes. */
  readonly early?: boolean;
}

/** Lists that grow while a plan is drawn. */
export type Draft = { -readonly [K in keyof Plan]: Plan[K] extends readonly (infer Item)[] ? Item[] : Plan[K] };

/** A scope for constructs: a namespace that the program makes, or one that it says is there. */
export interface NamespacePlan {
  /** The variable of the program, and the id of the construct. */
  readonly id: string;
  readonly chart: string;
  readonly name: string;
  readonly made: boolean;
  readonly mutualTls?: 'STRICT' | 'PERMISSIVE';
  readonly outbound?: 'REGISTRY_ONLY';
  /** Its pods get no sidecar. */
  readonly bare?: boolean;
}

export type Protocol = 'http' | 'http2' | 'grpc' | 'tcp' | 'redis' | 'mongo';

export interface PortPlan {
  readonly protocol: Protocol;
  readonly port: number;
  readonly targetPort?: number;
  readonly suffix?: string;
}

/** Who makes the Service, and who its pods. */
export type Form = 'made' | 'described' | 'wrapped' | 'stateful' | 'describedStateful' | 'wrappedStateful';

export interface ServicePlan {
  readonly id: string;
  /** The id of the namespace that it stands in. */
  readonly scope: string;
  readonly form: Form;
  readonly ports: readonly PortPlan[];
  /** Ports of the pods of a stateful service for each other. */
  readonly peerPorts?: readonly PortPlan[];
  /** The versions; none where there is one without a name. */
  readonly versions: readonly string[];
  readonly accountPerVersion?: boolean;
  readonly mutualTls?: 'STRICT' | 'PERMISSIVE';
  readonly replicas?: number;
  /** The key of the label of described pods, where it is not `app`. */
  readonly labelKey?: string;
}

export interface JobPlan {
  readonly id: string;
  readonly scope: string;
  readonly calls: readonly string[];
}

export interface CallPlan {
  readonly from: string;
  /** The version that calls, where not all do. */
  readonly version?: string;
  readonly to: string;
  /** The pods by their names, in place of the service. */
  readonly headless?: boolean;
  /** The version that is called, where not any of them is. */
  readonly toVersion?: string;
  readonly port?: number;
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
}

export interface SplitPlan {
  readonly scope: string;
  readonly service: string;
  /** The part of each version in per cent. */
  readonly weights: { readonly [version: string]: number };
  readonly rules: readonly { readonly header?: string; readonly caller?: string; readonly version: string }[];
}

/** A ResiliencePolicy. */
export interface PolicyPlan {
  readonly scope: string;
  readonly service: string;
  readonly timeout?: number;
  readonly attempts?: number;
  readonly maxConnections?: number;
  readonly ejects?: boolean;
  /** Who gets copies. */
  readonly mirror?: EndPlan;
}

export interface ServerPlan {
  readonly kind: 'http' | 'https' | 'tcp';
  readonly port?: number;
  readonly hosts: readonly string[];
  readonly certificate?: string;
  readonly httpsRedirect?: boolean;
}

export interface GatewayPlan {
  readonly id: string;
  readonly scope: string;
  /** Istio's own pods, pods of its own, or those of another gateway, by its id. */
  readonly pods: string;
  readonly servers: readonly ServerPlan[];
}

export interface RoutePlan {
  readonly gateway: string;
  /** The namespace that the route stands in, where it is another than the gateway's. */
  readonly scope?: string;
  readonly host?: string;
  /** For TCP. */
  readonly listener?: number;
  readonly exact?: string;
  readonly prefix?: string;
  readonly header?: string;
  /** The service and method of gRPC, in place of a path. */
  readonly grpc?: readonly [string, string];
  /** The stateful service whose pods the paths `/pods/{ordinal}/` lead to, in place of `to`. */
  readonly pods?: EndPlan;
  /** Whether the other namespace knows the gateway by a description. */
  readonly described?: boolean;
  readonly to: EndPlan;
  readonly cors?: boolean;
  readonly timeout?: number;
}

export interface EndPlan {
  readonly service?: string;
  readonly version?: string;
  readonly port?: number;
  readonly answer?: number;
  readonly redirect?: string;
}

/** A RequestAuthentication. */
export interface TokenPlan {
  readonly id: string;
  readonly scope: string;
  readonly service?: string;
  readonly port?: number;
  readonly gateway?: string;
  readonly hosts?: readonly string[];
  readonly issuer: string;
  readonly openPath?: string;
}

/** An EgressRoute. */
export interface ExitPlan {
  readonly id: string;
  readonly scope: string;
  readonly host: string;
  readonly protocol: 'http' | 'https' | 'tcp' | 'originateTls';
  readonly port: number;
  readonly gateway?: string;
  readonly callers: readonly string[];
  readonly declaredOnly?: boolean;
}

/** A LeastPrivilege: over a chart, a namespace (by its id), or the cluster. */
export interface PrivilegePlan {
  readonly over: string;
  readonly audit?: boolean;
  readonly networkPolicies?: boolean;
}

export interface IdentityPlan {
  readonly to: string;
  readonly port?: number;
}

export interface AliasPlan {
  readonly id: string;
  readonly scope: string;
  readonly target: string;
}

export const CLUSTER = 'cluster';

export const isHttp = ({ protocol }: PortPlan) => ['http', 'http2', 'grpc'].includes(protocol);
export const isStateful = ({ form }: ServicePlan) => ['stateful', 'describedStateful', 'wrappedStateful'].includes(form);
export const isDescribed = ({ form }: ServicePlan) => ['described', 'describedStateful'].includes(form);

/** What others of the plan are, by id. */
export const serviceOf = (plan: Plan, id: string) => plan.services.find(service => service.id === id)!;
export const gatewayOf = (plan: Plan, id: string) => plan.gateways.find(gateway => gateway.id === id)!;
export const scopeOf = (plan: Plan, id: string) => plan.namespaces.find(namespace => namespace.id === id)!;
export const namespaceOf = (plan: Plan, { scope }: { readonly scope: string }) => scopeOf(plan, scope).name;

/** The ports that a callee has: those of its headless side are all. */
export function portsOf(service: ServicePlan, headless = false): readonly PortPlan[] {
  return headless ? [...service.ports, ...service.peerPorts ?? []] : service.ports;
}

/** A workload of a service: what the mesh knows it by. */
export interface WorkloadPlan {
  readonly name: string;
  readonly namespace: string;
  readonly version?: string;
  readonly account: string;
}

/** The workloads of a service, by version. */
export function workloadsOf(plan: Plan, service: ServicePlan): WorkloadPlan[] {
  const namespace = namespaceOf(plan, service);
  if (isStateful(service)) return [{ name: service.id, namespace, account: service.id }];
  const versions = service.versions.length > 0 ? service.versions : ['v1'];
  return versions.map(version => ({
    name: `${service.id}-${service.form === 'wrapped' ? 'old-' : ''}${version}`,
    namespace,
    version,
    account: service.accountPerVersion || (service.form === 'wrapped' && versions.length > 1) ? `${service.id}-${version}` : service.id,
  }));
}

/** The pods of a gateway: where they are, and what runs them. */
export function podsOf(plan: Plan, gateway: GatewayPlan): { readonly namespace: string; readonly name: string; readonly stock: boolean } {
  if (gateway.pods === 'ingress') return { namespace: 'istio-system', name: 'istio-ingressgateway', stock: true };
  if (gateway.pods.startsWith('dedicated')) return { namespace: namespaceOf(plan, gateway), name: gateway.id, stock: false };
  return podsOf(plan, gatewayOf(plan, gateway.pods));
}
