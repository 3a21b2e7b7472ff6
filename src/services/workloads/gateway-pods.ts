import { Construct, IConstruct } from 'constructs';
import { PodSelection } from './workload';
import { registryOf } from '../../kernel/registry';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { Labels, labelsKey } from '../../values/labels';

/** A gateway without its routes: the name and namespace of its Gateway object. */
export interface IGatewayPods extends IConstruct {
  /** The name of the Gateway. */
  readonly gatewayName: string;
  /** The namespace of the Gateway. */
  readonly namespace: string;
}

/** A gateway in the form of VirtualServices. */
export function gatewayKey({ namespace, gatewayName }: Pick<IGatewayPods, 'namespace' | 'gatewayName'>): string {
  return `${namespace}/${gatewayName}`;
}

/** A host at a port of gateway pods, from any of their Gateways. */
export interface ServedHost {
  /** The Gateway in the form of VirtualServices: `<namespace>/<name>`. */
  readonly gateway: string;
  readonly server: string;
  readonly host: string;
  /** The port number in the Gateway. */
  readonly port: number;
  /** The possible target ports, if they are known. */
  readonly listeners?: number[];
  readonly tls: boolean;
  /** What Envoy processes: requests, requests that it redirects to HTTPS, or connections that are not HTTP. */
  readonly finds: 'requests' | 'redirected' | 'connections';
}

/** The pods and hosts of a gateway. */
export interface GatewayAttributes {
  /** The pods of the gateway, if they are known. */
  readonly pods?: PodSelection;
  /** The ServiceAccount of the pods, if it is known. */
  readonly account?: string;
  /** The hosts that are served, if they are known. */
  readonly hosts?: readonly string[];
  /** The possible target ports of its servers, if they are known. */
  readonly listeners?: readonly number[];
  /** All known labels of the pods, if there are more than those that select them. */
  readonly podLabels?: Labels;
  /** The hosts that the pods serve for all Gateways of the App. */
  readonly served?: () => ServedHost[];
}

class GatewayAttributesRegistry {
  /** Attributes of gateways, by gateway. Written by each gateway. Complete at synthesis. */
  public readonly gateways = new Map<IConstruct, () => GatewayAttributes>();
}

/** Declares a gateway. Its attributes are read at synthesis. */
export function declareGateway(gateway: IGatewayPods, attributes: () => GatewayAttributes): void {
  registryOf(gateway, GatewayAttributesRegistry).gateways.set(gateway, attributes);
}

/** Whether it is a gateway, of the App or of another team. */
export function isGateway(construct: unknown): construct is IGatewayPods {
  return Construct.isConstruct(construct) && registryOf(construct, GatewayAttributesRegistry).gateways.has(construct);
}

/** The attributes of a gateway. */
export const gatewayAttributes: (gateway: IConstruct) => GatewayAttributes = perSynthesis(
  (gateway: IConstruct) => registryOf(gateway, GatewayAttributesRegistry).gateways.get(gateway)?.() ?? {},
);

/** Pods by namespace and labels, as one text. */
export function podsKey({ namespace, labels }: PodSelection): string {
  return `${namespace} ${labelsKey(labels)}`;
}

/** Whether these are the pods of a gateway. */
export function arePods(selection: PodSelection, gateway: IConstruct): boolean {
  const { pods } = gatewayAttributes(gateway);
  return pods !== undefined && podsKey(pods) === podsKey(selection);
}

