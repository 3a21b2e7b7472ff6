import { Construct, IConstruct } from 'constructs';
import { PodSelection } from './workload';
import { registryOf } from '../../kernel/registry';
import { Labels, labelsKey } from '../../values/labels';

/** A gateway without its routes: the name and namespace of its Gateway object. */
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
  /** The ports on which the pods may listen for it, if that is known. */
  readonly listeners?: number[];
  readonly tls: boolean;
  /** What Envoy finds there: requests, requests that it redirects to HTTPS, or connections in which it reads no requests. */
  readonly finds: 'requests' | 'redirected' | 'connections';
}

/** The pods and hosts of a gateway. */
export interface GatewayAttributes {
  /** The pods that it configures, if they are known. */
  readonly pods?: PodSelection;
  /** The ServiceAccount that they run as, if it is known. */
  readonly account?: string;
  /** The hosts that are served, if they are known. */
  readonly hosts?: string[];
  /** The ports on which the pods may listen for its servers, if that is known. */
  readonly listeners?: number[];
  /** All the labels that the pods are known to have, if they have more than those that select them. */
  readonly podLabels?: Labels;
  /** The hosts that the pods serve for all Gateways that are made here. */
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

/** Whether it is a gateway, made here or elsewhere. */
export function isGateway(construct: unknown): construct is IGatewayPods {
  return Construct.isConstruct(construct) && registryOf(construct, GatewayAttributesRegistry).gateways.has(construct);
}

/** What is known of a gateway. */
export function gatewayAttributes(gateway: IConstruct): GatewayAttributes {
  return registryOf(gateway, GatewayAttributesRegistry).gateways.get(gateway)?.() ?? {};
}

/** Whether these are the pods that a gateway configures. */
export function arePods({ namespace, labels }: PodSelection, gateway: IConstruct): boolean {
  const { pods } = gatewayAttributes(gateway);
  return pods !== undefined && pods.namespace === namespace && labelsKey(pods.labels) === labelsKey(labels);
}

