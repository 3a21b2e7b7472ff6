import { IConstruct } from 'constructs';
import { registryOf } from '../../kernel/registry';
import { RouteKind } from '../servers/route-kind';

/** A known port of a gateway. */
export interface ServedPort {
  readonly hosts: string[];
  readonly port?: number;
  readonly protocol?: string;
  /** The kind of its routes; `none` for automatic passthrough, which needs no routes. */
  readonly kind?: RouteKind | 'none';
  /** Whether clients start with TLS at once, although the target's protocol usually starts in plain text. Undefined if unknown. */
  readonly implicitTls?: boolean;
  /** The names for which its certificate is valid, if they are known. */
  readonly dnsNames?: string[];
  /** The namespaces whose routes the port accepts. Undefined for all namespaces. */
  readonly namespaces?: string[];
}

/** A gateway of the App. */
export interface KnownGateway {
  readonly construct: IConstruct;
  /** The namespace of its pods. */
  readonly podNamespace: string;
  readonly served: () => ServedPort[];
  /** Whether its pods trust a proxy in front of them. Undefined for existing pods. */
  readonly trustsProxies?: boolean;
}

class GatewayRegistry {
  /** Gateways by `<namespace>/<name>`. Written by `MeshGateway`. Complete at synthesis. */
  public readonly gateways = new Map<string, KnownGateway>();
}

/** Registers a gateway for constructs that refer to it. */
export function makeKnown(key: string, gateway: KnownGateway): void {
  registryOf(gateway.construct, GatewayRegistry).gateways.set(key, gateway);
}

/** The gateway with a key, `<namespace>/<name>`, if the App creates it in the cluster of the construct. */
export function knownGateway(scope: IConstruct, key: string): KnownGateway | undefined {
  return registryOf(scope, GatewayRegistry).gateways.get(key);
}
