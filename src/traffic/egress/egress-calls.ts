import { Construct } from 'constructs';
import { checkRouteSidecar } from './egress-caller-checks';
import { EgressDirect } from './egress-direct';
import { endpointChoice } from './egress-host-config';
import { RegisteredEgress } from './egress-index';
import { needsCapture } from './egress-register';
import { MeshHost } from '../../hosts/mesh-host';
import { PolicyHost } from '../../hosts/policy-host';
import { Callee } from '../../services/calls/callee';
import { onCall } from '../../services/calls/calls';
import { declareEgressRoute } from '../../services/calls/egress-routes';
import { Call } from '../../services/calls/recorded-calls';
import { captureDns } from '../../services/pods/dns-capture';
import { asBlock, isAddress, isBlock } from '../../values/cidr';

/** The calls of an egress route: what it declares to callers, and what each declared call adds to the pods of its caller. */
export class EgressCalls {
  /** @param direct the direct path; undefined if the route leads through an egress gateway */
  public constructor(
    private readonly route: Construct, private readonly egress: RegisteredEgress, private readonly meshHost: MeshHost,
    private readonly direct?: EgressDirect,
  ) {
    declareEgressRoute(route, () => this.toCallee()._attributes);
    onCall(route, call => this.grant(call));
  }

  /** The host as `calls` takes it. */
  public toCallee(): Callee {
    const { config: { host, ports, endpoints, addresses }, gatewayPods } = this.egress;
    const listed = Object.values(endpoints).flat();
    const destinations = listed.length > 0 ? listed : addresses;
    return Callee._create({
      construct: this.route,
      name: host,
      hosts: [host],
      namespace: this.egress.scope.namespace,
      ports: ports.map(({ _meshPort }) => _meshPort),
      policyHosts: [this.policyHost()],
      via: gatewayPods && { namespace: gatewayPods.namespace, labels: gatewayPods.selector },
      addresses: destinations.length > 0 && destinations.every(place => isBlock(place) || isAddress(place)) ? destinations.map(asBlock) : undefined,
    });
  }

  /** Limits and outlier detection apply at the proxy that connects to the host: the caller's sidecar, or the egress gateway. */
  private policyHost(): PolicyHost {
    const { direct, meshHost: { identity, policy, routing: { requests } } } = this;
    return {
      identity,
      endpoints: endpointChoice(this.egress.config),
      policies: direct?.policies ?? [policy],
      addRequestSettings: (settings, source, ports) =>
        (direct ? direct.addRequestSettings(settings, source, ports) : requests.contribute(settings, source, ports)),
    };
  }

  /** Adds what the route needs to the pods of a declared caller. */
  private grant({ caller, port: { port } }: Call): void {
    if (!caller.isGateway) {
      this.direct?.restrict();
    }
    for (const pods of caller.madePods ?? []) {
      checkRouteSidecar(caller, this.egress);
      if (needsCapture(this.egress)) {
        captureDns(pods, this.route);
      }
      this.direct?.grant(pods, port, this.route);
    }
  }
}
