import { Construct, IConstruct } from 'constructs';
import { KnownGateway, knownGateway } from './known-gateways';
import { KnownPort, PortDemand, ServedPorts } from './served-ports';
import { MeshError } from '../../diagnostics/mesh-error';
import { HostListeners, HttpListener } from '../../hosts/model/host-listeners';
import { knownMesh } from '../../kernel/known-mesh';
import { Caller } from '../../services/calls/caller';
import { gatewayCaller } from '../../services/calls/gateway-caller';
import { gatewayKey, IGatewayPods } from '../../services/workloads/gateway-pods';

/** The gateway of some routes: the gateway of this App, else its description. */
export class ServedGateway {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  public readonly key: string;
  /** Routes have the same caller, as long as the gateway is the same construct. */
  private known?: Caller;

  /**
   * @param scope the construct that owns the routes
   * @param described the known ports of an existing gateway
   */
  public constructor(private readonly scope: Construct, private readonly gateway: IGatewayPods, private readonly described?: ServedPorts) {
    this.key = gatewayKey(gateway);
  }

  public get name(): string {
    return this.gateway.gatewayName;
  }

  /** The gateway, if this App creates it. It can be created after the routes. */
  public get made(): KnownGateway | undefined {
    return knownGateway(this.scope, this.key);
  }

  /** The construct of the gateway: the one that creates it, else the one that describes it. */
  public get construct(): IConstruct {
    return this.made?.construct ?? this.gateway;
  }

  /** The gateway's pods as a caller of services. */
  public get caller(): Caller {
    const { construct } = this;
    if (this.known?.construct !== construct) {
      this.known = gatewayCaller(construct, this.name);
    }
    return this.known;
  }

  /** The ports that the gateway serves. Undefined if unknown. */
  public get served(): ServedPorts | undefined {
    return this.made?.served ?? this.described;
  }

  /** The known ports at which the gateway serves a host for a kind of route. */
  public portsFor(demand: PortDemand): KnownPort[] {
    return this.served?.for(demand) ?? [];
  }

  /** The known ports at which the gateway serves a host over HTTP. */
  public httpListeners(host: string): HttpListener[] {
    return this.portsFor({ host, kind: 'http' }).flatMap(({ served: { port, protocol } }) =>
      (port === undefined ? [] : [{ port, scheme: protocol === 'HTTPS' ? 'https' : 'http', translates: protocol === 'GRPC-WEB' }]));
  }

  /** The listeners of the gateway for a host. Complete at synthesis. */
  public hostListeners(host: string): Omit<HostListeners, 'host'> {
    const trustsProxies = knownMesh(this.scope).knowsGatewayTopology ? undefined : this.made?.trustsProxies;
    return { listeners: this.httpListeners(host), trustsProxies };
  }

  /** The only port at which the gateway passes TLS for a host through; 443 if its ports are not known. */
  public tlsPort(host: string): number {
    const ports = [...new Set(this.portsFor({ host, kind: 'tls' }).map(({ served }) => served.port))];
    if (ports.length > 1) {
      throw new MeshError('IM1112', this.scope, {
        problem: `the gateway ${this.name} has several ports with TLS passthrough for ${host}`, allowed: ports.join(', '), next: 'set `gatewayPort`',
      });
    }
    return ports[0] ?? 443;
  }
}
