import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import * as security from '../../../imports/security.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { Destination } from '../../hosts/model/route-action';
import { checkAtSynthesis } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { CALLERS, hostLabel, hostPart, objectName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { registryOf } from '../../kernel/registry';
import { isPattern } from '../../values/host';
import { MeshPort } from '../../values/mesh-port';
import { MeshGateway } from '../gateways/mesh-gateway';
import { listen, listenersOf, servedBy } from '../listeners/gateway-listeners';
import { GatewayServer } from '../servers/gateway-server';

/** The only port of an egress gateway that routes need: the SNI of the mutual TLS from the sidecar identifies host and port. */
export const EGRESS_PORT = 443;

/** The id of the construct below its gateway. */
const ID = 'Egress';

class EgressServerRegistry {
  /** Servers of egress gateways that routes open. Written by `EgressRoute`. Complete at synthesis. */
  public readonly servers = new Set<GatewayServer>();
}

/** A server name of an egress gateway. It stands for one port of an external host. */
export interface EgressServerName {
  /** The SNI that sidecars send. */
  readonly name: string;
  /** Which requests the gateway reads: none, HTTP/1.1 or HTTP/2. */
  readonly reads: 'nothing' | 'http' | 'http2';
  /** The allowed callers. */
  readonly scope: EgressScope;
  /** The number that callers dial. */
  readonly port: number;
  readonly source: IConstruct;
}

/**
 * The objects of an egress gateway for its routes: servers on one port, which Envoy selects by SNI; subsets of the gateway's Service, with the TLS
 * settings of sidecars; and the AuthorizationPolicy for callers.
 *
 * The hop from the sidecar uses mutual TLS, which Istio does not use by default here. TLS of the callers themselves is inside of it.
 */
export class EgressServers extends Construct {
  /** The servers of a gateway. The first route of the gateway creates them. */
  public static of(gateway: MeshGateway): EgressServers {
    return (gateway.node.tryFindChild(ID) as EgressServers | undefined) ?? new EgressServers(gateway);
  }

  private readonly serverNames = new Map<string, EgressServerName>();

  private constructor(private readonly gateway: MeshGateway) {
    super(gateway, ID);
    new Construct(this, 'Service');
    new Construct(this, 'Callers');
    gateway._addServers(() => this.servers());
    checkAtSynthesis(gateway, () => this.servesOthers());
  }

  /** Adds a server name. Returns the destination for sidecars. */
  public add(serverName: EgressServerName): Destination {
    const { name, source, reads } = serverName;
    const existing = this.serverNames.get(name);
    if (existing) {
      throw new MeshError('IM1502', source, {
        problem: `${existing.source.node.path} already routes ${name} through ${this.gateway.node.path}`, got: name, next: 'share that route: services of any namespace can declare a call to it',
      });
    }
    this.listen(name);
    this.serverNames.set(name, serverName);
    const service = this.service();
    const subset = hostLabel(name);
    service.policy.addPolicySubset(subset, {
      connectionPool: reads === 'http2' ? { http: { h2UpgradePolicy: networking.DestinationRuleSpecSubsetsTrafficPolicyConnectionPoolHttpH2UpgradePolicy.UPGRADE } } : undefined,
      tls: { mode: networking.DestinationRuleSpecSubsetsTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL, sni: hostPart(name) },
    }, source);
    this.writePolicy();
    return { host: service.identity.host, subset, port: EGRESS_PORT };
  }

  /** The servers: one for all hosts of HTTP, and one for each other server name. */
  private servers(): networking.GatewaySpecServers[] {
    const all = [...this.serverNames.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const tls = { mode: networking.GatewaySpecServersTlsMode.ISTIO_UNDERSCORE_MUTUAL };
    const http = all.filter(({ reads }) => reads !== 'nothing').map(({ name }) => name);
    return [
      ...http.length > 0 ? [{ port: { number: EGRESS_PORT, name: 'https-egress', protocol: 'HTTPS' }, hosts: http, tls }] : [],
      ...all.filter(({ reads }) => reads === 'nothing')
        .map(({ name }) => ({ port: { number: EGRESS_PORT, name: hostLabel(name, 'tls-'), protocol: 'TLS' }, hosts: [name], tls })),
    ];
  }

  /** @internal */
  public _render(): security.AuthorizationPolicySpec {
    const { workload } = this.gateway;
    const all = [...this.serverNames.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { selector: { matchLabels: { ...workload.selector } }, action: security.AuthorizationPolicySpecAction.ALLOW, rules: all.flatMap(rules) };
  }

  /** The Service by which sidecars reach the gateway's pods. All gateways of these pods share it. */
  private service(): MeshHost {
    const { workload } = this.gateway;
    const name = workload._egressService!;
    const host = `${name}.${workload.namespace}.svc.${MeshCluster.of(this).clusterDomain}`;
    return MeshHost.of(this, host) ?? MeshHost.described(this.node.findChild('Service') as Construct, {
      host, name, namespace: workload.namespace, ports: [MeshPort.https(EGRESS_PORT)], versions: {},
    });
  }

  /** Registers the listener, so that other servers of the pods cannot use the same port and name. */
  private listen(name: string): void {
    const { gateway, gateway: { workload } } = this;
    const server = GatewayServer.passthrough({ hosts: [name], port: EGRESS_PORT });
    registryOf(this, EgressServerRegistry).servers.add(server);
    workload._check(server, gateway);
    listen(gateway, listenersOf(gateway, workload, server));
    workload._serve(server, gateway);
  }

  /** Refuses other servers of the pods: the AuthorizationPolicy selects the pods, so it would deny requests to these servers. */
  private servesOthers(): string[] {
    const { gateway } = this;
    const { servers } = registryOf(this, EgressServerRegistry);
    const other = this.serverNames.size === 0 ? undefined : servedBy(gateway, gateway.workload).find(({ server }) => !servers.has(server));
    return !other ? [] : [new MeshError('IM1506', gateway, {
      problem: `its pods serve ${other.host} for ${other.gateway.node.path}, but accept only connections of egress routes`,
      got: other.host,
      next: 'use an egress gateway whose pods serve nothing else, such as GatewayWorkload.dedicatedEgress()',
    }).message];
  }

  private writePolicy(): void {
    const scope = this.node.findChild('Callers') as Construct;
    if (!scope.node.tryFindChild('Resource')) {
      new security.AuthorizationPolicy(scope, owned(scope, 'Resource'), {
        metadata: { name: objectName(this.gateway.gatewayName, CALLERS), namespace: this.gateway.workload.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }
}

/**
 * The rules that allow the callers of a server name. HTTP is matched by host, which also selects the route, and other protocols by SNI. A value of a
 * policy may contain only one `*`, so hosts of a wildcard are listed without a port and with the port of the host.
 */
function rules({ name, reads, scope, port }: EgressServerName): security.AuthorizationPolicySpecRules[] {
  const { anyIdentity, namespaces, principals } = scope.allowed(port);
  const from = anyIdentity ? [{ source: { principals: ['*'] } }] : [
    ...namespaces.length > 0 ? [{ source: { namespaces } }] : [],
    ...principals.length > 0 ? [{ source: { principals } }] : [],
  ];
  if (from.length === 0) {
    return [];
  }
  return [reads === 'nothing'
    ? { from, when: [{ key: 'connection.sni', values: [name] }] }
    : { from, to: [{ operation: { hosts: [name, `${name}:${isPattern(name) ? port : '*'}`] } }] }];
}
