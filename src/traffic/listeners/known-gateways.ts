import { IConstruct } from 'constructs';
import { ServedPorts } from './served-ports';
import { registryOf } from '../../kernel/registry';

/** A gateway of the App. */
export interface KnownGateway {
  readonly construct: IConstruct;
  /** The namespace of its pods. */
  readonly podNamespace: string;
  readonly served: ServedPorts;
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
