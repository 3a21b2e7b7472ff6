import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { RegisteredEgress } from './egress-index';
import { egressGatewaysIn, egressSeenBy, namedCalledFrom } from './egress-register';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { networkGuard } from '../../services/workloads/guards';
import { asBlock, cidr, isAddress, isBlock } from '../../values/cidr';
import { dnsLabel } from '../../values/names';

/** Properties of an `EgressNetworkPolicy`. */
export interface EgressNetworkPolicyProps {
  /**
   * The name of the NetworkPolicy.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * Further CIDR blocks that pods of the namespace may call, on any port: for example that of the API server, or of DNS on the nodes.
   *
   * @default - none: only pods of the cluster, and the external hosts of direct routes
   */
  readonly ipBlocks?: string[];
}

/**
 * A NetworkPolicy that prevents pods of a namespace from bypassing their sidecars. Pods can reach pods of the cluster, including egress gateways,
 * and the IP addresses of external hosts with direct routes. It does not select pods of egress gateways. NetworkPolicies know no DNS names, so a
 * direct route to a DNS name is refused at synthesis (IM1514), as are `RemotePods` that are declared or called there.
 *
 * Sidecars are not a security boundary: only the network can enforce what pods reach.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#understand-traffic-capture-limitations
 */
export class EgressNetworkPolicy extends Construct {
  private readonly namespace: string;
  private readonly blocks: string[];

  constructor(scope: Construct, id: string, props: EgressNetworkPolicyProps = {}) {
    super(scope, uniqueId(scope, id));
    const { name = id, ipBlocks: blocks = [] } = validateProps('EgressNetworkPolicyProps', props, this);
    this.namespace = namespaceOf(this);
    this.blocks = blocks.map(block => cidr(block, this));
    new k8s.KubeNetworkPolicy(this, owned(this, 'Resource'), {
      metadata: { name: dnsLabel(name, this, 'the name of the NetworkPolicy'), namespace: this.namespace },
      spec: Lazy.any({ produce: () => this._render() }),
    });
    const checks = () => [
      () => this.checkAlone(), () => this.podSelector(), () => this.checkNamed(), ...this.direct().map(route => () => blocksOf(route, this)),
    ];
    checkAtSynthesis(this, () => checks().flatMap(check => collectErrors(this, check)));
  }

  /** @internal */
  public _render(): k8s.NetworkPolicySpec {
    return {
      podSelector: this.podSelector(),
      policyTypes: ['Egress'],
      egress: [
        { to: [{ namespaceSelector: {} }] },
        ...this.blocks.map(block => ({ to: [{ ipBlock: { cidr: block } }] })),
        ...this.direct().map(route => ({
          to: blocksOf(route, this).map(block => ({ ipBlock: { cidr: block } })),
          ports: route.config.ports.map(({ targetPort }) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(targetPort) })),
        })),
      ],
    };
  }

  /** Selects all pods except those of egress gateways. */
  private podSelector(): k8s.LabelSelector {
    const gateways = egressGatewaysIn(this, this.namespace).map(selector => Object.entries(selector));
    const unclear = gateways.find(labels => labels.length > 1);
    if (unclear) {
      throw new MeshError('IM1514', this, {
        problem: `an egress gateway of ${this.namespace} is selected by several labels, but a NetworkPolicy can exclude pods by one label only`,
        got: Object.fromEntries(unclear),
        next: 'select the pods of the gateway by one label, or run them in another namespace',
      });
    }
    return gateways.length === 0 ? {} : { matchExpressions: gateways.map(([[key, value]]) => ({ key, operator: 'NotIn', values: [value] })) };
  }

  /** Refuses a second policy: NetworkPolicies add up, so none can restrict what another allows. */
  private checkAlone(): void {
    const other = networkGuard(this, this.namespace);
    if (other) {
      throw new MeshError('IM1862', this, {
        problem: `it allows pods of ${this.namespace} to reach every pod of the cluster, but ${other.node.path} only those that they call`,
        next: 'drop it: the NetworkPolicies of LeastPrivilege restrict the network as well, and have `blocks` of their own',
      });
    }
  }

  private checkNamed(): void {
    namedCalledFrom(this, this.namespace).forEach(({ construct, hosts }) => {
      throw new MeshError('IM1514', this, { problem: `${construct.node.path} leads directly to ${hosts[0]}, a DNS name`, got: hosts[0], next: 'use EgressPath.gateway()' });
    });
  }

  private direct(): RegisteredEgress[] {
    return egressSeenBy(this, this.namespace).filter(({ config }) => !config.throughGateway);
  }
}

/** The destinations of a direct route, as CIDR blocks. */
function blocksOf({ config, route }: RegisteredEgress, at: Construct): string[] {
  const endpoints = Object.values(config.endpoints).flat();
  const destinations = endpoints.length > 0 ? endpoints : config.addresses;
  const unknown = destinations.length === 0 ? config.host : destinations.find(destination => !isBlock(destination) && !isAddress(destination));
  if (unknown !== undefined) {
    throw new MeshError('IM1514', at, { problem: `${route.node.path} leads directly to ${unknown}, a DNS name`, got: unknown });
  }
  return destinations.map(asBlock);
}
