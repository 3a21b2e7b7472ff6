import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { renderEntry } from './egress-entry';
import { checkHost } from './egress-host-checks';
import { EgressHostConfig, egressHostConfig } from './egress-host-config';
import { EgressRouteProps } from './egress-props';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { HostBackend } from '../../hosts/host-backend';
import { MeshHost } from '../../hosts/mesh-host';
import { RouteTarget } from '../../hosts/route-target';
import { namespaceOf } from '../../kernel/namespace-scope';
import { hostPart } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { isPattern } from '../../values/host';
import { MeshGateway } from '../gateways/mesh-gateway';

/** The external host of a route: its config, its ServiceEntry, and the mesh host that routing and policies use. */
export class EgressHost {
  public readonly config: EgressHostConfig;
  public readonly namespace: string;
  public readonly meshHost: MeshHost;
  private readonly gateway?: MeshGateway;

  /**
   * @param route the route; the objects are written below it
   * @param exportTo the namespaces to which the ServiceEntry is exported, evaluated at synthesis
   */
  public constructor(private readonly route: Construct, props: EgressRouteProps, exportTo: () => string[]) {
    this.config = egressHostConfig(props, route);
    checkHost(this.config, route);
    this.namespace = namespaceOf(route);
    this.gateway = props.via?._gateway;
    const { host, ports } = this.config;
    const name = hostPart(host);
    new networking.ServiceEntry(route, owned(route, 'Resource'), {
      metadata: { name, namespace: this.namespace },
      spec: Lazy.any({ produce: () => ({ ...renderEntry(this.config), exportTo: exportTo() }) }),
    });
    this.meshHost = MeshHost.outside(route, { host, namespace: this.namespace, name, ports: ports.map(({ _meshPort }) => _meshPort), versions: {} });
  }

  /** The host as the target of a gateway route. Refuses a host behind an egress gateway (IM1512), and a wildcard (IM1363). */
  public toRouteTarget(): RouteTarget {
    const { host } = this.config;
    if (this.gateway) {
      throw new MeshError('IM1512', this.route, {
        problem: `requests from a gateway to ${host} would bypass ${this.gateway.node.path}, which restricts the callers`,
        got: host,
        next: 'route to a service that calls the host, or use EgressPath.direct()',
      });
    }
    if (isPattern(host)) {
      throw new MeshError('IM1363', this.route, {
        problem: `${host} is a wildcard: a gateway would forward the request to the host that the client requested, and not to the target of the route`,
        got: host,
      });
    }
    return RouteTarget._create(new HostBackend(this.meshHost, undefined, true));
  }
}
