import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { perCluster } from '../../kernel/mesh-cluster';
import { ObservableList } from '../../kernel/observable-list';
import { Labels, labelsKey } from '../../values/labels';
import { CalleeAttributes, PodSelection } from '../calls/callee';
import { Caller } from '../calls/recorded-calls';

/** A gateway, as far as those need to know one that do not route: its name, and whose pods it configures. */
export interface IGatewayPods extends IConstruct {
  /** The name of the Gateway. */
  readonly gatewayName: string;
  /** The namespace of the Gateway. */
  readonly namespace: string;
}

/** A gateway as VirtualServices name it. */
export function gatewayKey({ namespace, gatewayName }: Pick<IGatewayPods, 'namespace' | 'gatewayName'>): string {
  return `${namespace}/${gatewayName}`;
}

/** A host at a port of pods of a gateway, whichever Gateway configures it. */
export interface ServedHost {
  /** The Gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  readonly server: string;
  readonly host: string;
  /** The port as the Gateway numbers it. */
  readonly port: number;
  /** The ports on which the pods may listen for it, where that is known. */
  readonly listeners?: number[];
  readonly tls: boolean;
  /** What Envoy finds there: requests, requests that it sends to HTTPS by itself, or connections that it reads no requests of. */
  readonly finds: 'requests' | 'redirected' | 'connections';
}

/** What there is to know of a gateway. */
export interface GatewayAttributes {
  /** The pods that it configures, where they are known. */
  readonly pods?: PodSelection;
  /** The ServiceAccount that they run as, where it is known. */
  readonly account?: string;
  /** The hosts that are served, where they are known. */
  readonly hosts?: string[];
  /** The ports on which the pods may listen for its servers, where that is known. */
  readonly listeners?: number[];
  /** All the labels that the pods are known to have, where that is more than selects them. */
  readonly podLabels?: Labels;
  /** What the pods serve as far as it is made here, whichever Gateway configures it. */
  readonly served?: () => ServedHost[];
}

const gateways = new WeakMap<IConstruct, () => GatewayAttributes>();

/** Says what there is to know of a gateway, asked whenever somebody wants to know. */
export function declareGateway(gateway: IGatewayPods, facts: () => GatewayAttributes): void {
  gateways.set(gateway, facts);
}

/** Whether it is a gateway, made here or elsewhere. */
export function isGateway(construct: unknown): construct is IGatewayPods {
  return typeof construct === 'object' && construct !== null && gateways.has(construct as IConstruct);
}

/** What is known of a gateway. */
export function gatewayAttributes(gateway: IConstruct): GatewayAttributes {
  return gateways.get(gateway)?.() ?? {};
}

/** The pods of a gateway, as those know them that it leads to. */
export function gatewayCaller(gateway: IConstruct, name: string): Caller {
  return {
    key: gateway.node.path,
    name,
    construct: gateway,
    facts: () => {
      const { pods, account } = gatewayAttributes(gateway);
      if (!pods || account === undefined) {
        throw new MeshError('IM1803', gateway, {
          problem: `the identity of ${name} is not known`,
          next: pods ? 'name the `serviceAccount` of its workload' : 'name its `workload`, with the ServiceAccount of the pods',
        });
      }
      return { namespace: pods.namespace, accounts: [account], podLabels: pods.labels };
    },
  };
}

/** Pods of gateways that are made here. */
export interface GatewayPods {
  /** The scope for objects that are about the pods. */
  readonly scope: Construct;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Whether they are a way out of the mesh, whose callers are those of its routes. */
  readonly egress: boolean;
  /** The ports that they listen on, asked when all have spoken. */
  listeners(): number[];
}

const pods = perCluster(() => new ObservableList<GatewayPods>());

/** Whether these are the pods that a gateway configures. */
export function arePods({ namespace, labels }: PodSelection, gateway: IConstruct): boolean {
  const its = gatewayAttributes(gateway).pods;
  return its !== undefined && its.namespace === namespace && labelsKey(its.labels) === labelsKey(labels);
}

/** Announces pods of gateways. */
export function declareGatewayPods(made: GatewayPods): void {
  pods(made.scope).add(made);
}

/** What is called outside of the mesh: its ports, the addresses that answer, and the pods of the gateway on the way. */
type WayOut = Pick<CalleeAttributes, 'ports' | 'addresses' | 'via'>;

const waysOut = perCluster((): (() => WayOut)[] => []);

/** Announces a route out of the mesh, of which is asked when all have spoken. */
export function declareWayOut(route: IConstruct, facts: () => WayOut): void {
  waysOut(route).push(facts);
}

/** The routes out of the mesh that lead through these pods. */
export function waysOutThrough({ scope: home, namespace, labels: its }: GatewayPods): WayOut[] {
  return waysOut(home).map(facts => facts()).filter(({ via }) => via?.namespace === namespace && labelsKey(via.labels) === labelsKey(its));
}

/** All pods of gateways of the cluster so far. */
export function gatewayPodsAround(scope: IConstruct): GatewayPods[] {
  return pods(scope).all;
}

/** Calls the listener for all pods of gateways of the cluster, made already or still to come. */
export function eachGatewayPods(scope: IConstruct, listener: (made: GatewayPods) => void): void {
  pods(scope).each(listener);
}
