import { IConstruct } from 'constructs';
import { registryOf } from '../../kernel/registry';
import { RouteKind } from '../servers/route-kind';

/** A port that a gateway serves, as far as it is known. */
export interface ServedPort {
  readonly hosts: string[];
  readonly port?: number;
  readonly protocol?: string;
  /** `none` where it finds services by itself, without routes. */
  readonly kind?: RouteKind | 'none';
  /** Whether it is said that clients begin with TLS, whatever is usual for the target; undefined where nobody knows. */
  readonly implicitTls?: boolean;
  /** The names that its certificate is good for, where that was said. */
  readonly dnsNames?: string[];
  /** The namespaces whose routes it takes; those of every namespace where not said. */
  readonly namespaces?: string[];
}

/** A gateway that is made here. */
export interface KnownGateway {
  readonly construct: IConstruct;
  /** The namespace of its pods. */
  readonly podNamespace: string;
  readonly served: () => ServedPort[];
  /** Whether its pods believe a proxy in front of them; undefined where the pods are made elsewhere. */
  readonly trustsProxies?: boolean;
}

class GatewayRegistry {
  /** Gateways by `<namespace>/<name>`. Written by `MeshGateway`. Complete at synthesis. */
  public readonly gateways = new Map<string, KnownGateway>();
}

/** Makes a gateway known to all who refer to it. */
export function makeKnown(key: string, gateway: KnownGateway): void {
  registryOf(gateway.construct, GatewayRegistry).gateways.set(key, gateway);
}

/** The gateway of a name, as `<namespace>/<name>`, if it is made in the cluster of a construct. */
export function knownGateway(scope: IConstruct, key: string): KnownGateway | undefined {
  return registryOf(scope, GatewayRegistry).gateways.get(key);
}
