import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import * as security from '../../../imports/security.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { Destination } from '../../hosts/model/route-action';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { CALLERS, hostLabel, hostPart, objectName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { registryOf } from '../../kernel/registry';
import { isPattern } from '../../values/host';
import { MeshPort } from '../../values/mesh-port';
import { MeshGateway } from '../gateways/mesh-gateway';
import { listen, listenersOf, servedBy } from '../listeners/gateway-listeners';
import { GatewayServer } from '../servers/gateway-server';

/** The one port of an egress gateway that routes need: mutual TLS between sidecar and gateway names what is meant. */
export const EGRESS_PORT = 443;

/** The id of the construct below its gateway. */
const ID = 'Egress';

class EgressServerRegistry {
  /** Servers of egress gateways that routes open. Written by `EgressRoute`. Complete at synthesis. */
  public readonly servers = new Set<GatewayServer>();
}

/** One port of an outside host, as sidecars ask an egress gateway for it. */
export interface EgressEntrance {
  /** The server name by which it is asked for. */
  readonly name: string;
  /** Whether the gateway reads requests there, and if so, whether they are HTTP/2. */
  readonly reads: 'nothing' | 'http' | 'http2';
  /** Who may come in. */
  readonly scope: EgressScope;
  /** The number by which callers know the port. */
  readonly port: number;
  readonly source: IConstruct;
}

/**
 * What an egress gateway does for the routes through it: servers on one port, told apart by server name; the ways of sidecars to them; and
 * the policy of who may come in.
 *
 * The leg from the sidecar is mutual TLS, which Istio would not do by itself. What callers encrypt themselves goes inside.
 */
export class EgressServers extends Construct {
  /** Those of a gateway: made for its first route. */
  public static of(gateway: MeshGateway): EgressServers {
    return (gateway.node.tryFindChild(ID) as EgressServers | undefined) ?? new EgressServers(gateway);
  }

  private readonly entrances = new Map<string, EgressEntrance>();

  private constructor(private readonly gateway: MeshGateway) {
    super(gateway, ID);
    new Construct(this, 'Service');
    new Construct(this, 'Callers');
    gateway._addServers(() => this.servers());
    gateway.node.addValidation({ validate: () => this.servesOthers() });
  }

  /** Opens an entrance. Returns where a sidecar sends what is meant for it. */
  public open(entrance: EgressEntrance): Destination {
    const { name, source, reads } = entrance;
    const known = this.entrances.get(name);
    if (known) {
      throw new MeshError('IM1502', source, {
        problem: `${name} is led through ${this.gateway.node.path} by ${known.source.node.path} already`, got: name, next: 'share that route: services of any namespace can declare to call it',
      });
    }
    this.listen(name);
    this.entrances.set(name, entrance);
    const service = this.service();
    const way = hostLabel(name);
    service.policy.addWay(way, {
      connectionPool: reads === 'http2' ? { http: { h2UpgradePolicy: networking.DestinationRuleSpecSubsetsTrafficPolicyConnectionPoolHttpH2UpgradePolicy.UPGRADE } } : undefined,
      tls: { mode: networking.DestinationRuleSpecSubsetsTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL, sni: hostPart(name) },
    }, source);
    this.writePolicy();
    return { host: service.identity.host, subset: way, port: EGRESS_PORT };
  }

  /** The servers, those that read requests in one. */
  private servers(): networking.GatewaySpecServers[] {
    const all = [...this.entrances.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
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
    const all = [...this.entrances.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { selector: { matchLabels: { ...workload.selector } }, action: security.AuthorizationPolicySpecAction.ALLOW, rules: all.flatMap(rule) };
  }

  /** The Service by which sidecars reach the gateway's pods: one for all gateways of these pods. */
  private service(): MeshHost {
    const { workload } = this.gateway;
    const name = workload._egressService!;
    const host = `${name}.${workload.namespace}.svc.${MeshCluster.of(this).clusterDomain}`;
    return MeshHost.of(this, host) ?? MeshHost.described(this.node.findChild('Service') as Construct, {
      host, name, namespace: workload.namespace, ports: [MeshPort.https(EGRESS_PORT)], versions: {},
    });
  }

  /** Takes the port and the name, as any other server of the pods does. */
  private listen(name: string): void {
    const { gateway, gateway: { workload } } = this;
    const server = GatewayServer.passthrough({ hosts: [name], port: EGRESS_PORT });
    registryOf(this, EgressServerRegistry).servers.add(server);
    workload._check(server, gateway);
    listen(gateway, listenersOf(gateway, workload, server));
    workload._serve(server, gateway);
  }

  /** The policy of who may come in is for all of the pods: whatever else they serve would be refused to everybody. */
  private servesOthers(): string[] {
    const { gateway } = this;
    const { servers } = registryOf(this, EgressServerRegistry);
    const other = this.entrances.size === 0 ? undefined : servedBy(gateway, gateway.workload).find(({ server }) => !servers.has(server));
    return !other ? [] : [new MeshError('IM1506', gateway, {
      problem: `its pods serve ${other.host} for ${other.gateway.node.path}, and let in nothing but what routes out of the mesh allow`,
      got: other.host,
      next: 'give the routes an egress gateway whose pods serve nothing else, such as GatewayWorkload.dedicatedEgress()',
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
 * Who may come in by an entrance: none where nobody may. Requests are known by their host, which decides where they go, and the rest by server name. A policy takes one star,
 * so the hosts of a domain are listed without a port and with that of the entrance.
 */
function rule({ name, reads, scope, port }: EgressEntrance): security.AuthorizationPolicySpecRules[] {
  const { anyone, namespaces, principals } = scope.allowed(port);
  const from = anyone ? [{ source: { principals: ['*'] } }] : [
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
