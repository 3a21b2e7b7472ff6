import { IConstruct } from 'constructs';
import { IGatewayPods } from './gateway-pods';
import { ObservableList } from '../../kernel/observable-list';
import { registryOf } from '../../kernel/registry';

class AcmeChallengeRegistry {
  /** Gateway pods that receive ACME challenges. Written by servers with an ACME solver. Complete at synthesis. */
  public readonly gateways = new ObservableList<IGatewayPods>();
}

/** Declares a gateway that routes ACME challenges to the solver pods of cert-manager. Repeated declarations have no effect. */
export function declareChallenges(gateway: IGatewayPods): void {
  if (!registryOf(gateway, AcmeChallengeRegistry).gateways.all.includes(gateway)) {
    registryOf(gateway, AcmeChallengeRegistry).gateways.add(gateway);
  }
}

/** All such gateways of the cluster so far. */
export function challengedAround(scope: IConstruct): readonly IGatewayPods[] {
  return registryOf(scope, AcmeChallengeRegistry).gateways.all;
}

/** Calls the listener for every such gateway of the cluster, declared before or after. */
export function eachChallenged(scope: IConstruct, listener: (gateway: IGatewayPods) => void): void {
  registryOf(scope, AcmeChallengeRegistry).gateways.each(listener);
}
