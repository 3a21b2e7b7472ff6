import { IConstruct } from 'constructs';
import { IGatewayPods } from './gateway-pods';
import { perCluster } from '../../kernel/mesh-cluster';
import { ObservableList } from '../../kernel/observable-list';

const challenged = perCluster(() => new ObservableList<IGatewayPods>());

/** Declares a gateway that leads challenges of ACME to the pods that cert-manager makes for them. Several times is as good as once. */
export function declareChallenges(gateway: IGatewayPods): void {
  if (!challenged(gateway).all.includes(gateway)) {
    challenged(gateway).add(gateway);
  }
}

/** All such gateways of the cluster so far. */
export function challengedAround(scope: IConstruct): IGatewayPods[] {
  return challenged(scope).all;
}

/** Calls the listener for every such gateway of the cluster, announced already or still to come. */
export function eachChallenged(scope: IConstruct, listener: (gateway: IGatewayPods) => void): void {
  challenged(scope).each(listener);
}
