import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { EgressDetour } from './egress-detour';
import { EgressDirect } from './egress-direct';
import { renderEntry } from './egress-entry';
import { checkHost, choiceOf, EgressHostConfig, WildcardResolution } from './egress-host';
import { EgressPath } from './egress-path';
import { EgressPort } from './egress-port';
import { EgressRouteProps } from './egress-props';
import { checkEgress, needsCapture, RegisteredEgress, registerEgress } from './egress-register';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { HostBackend } from '../../hosts/host-backend';
import { MeshHost } from '../../hosts/mesh-host';
import { PolicyHost } from '../../hosts/policy-host';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { collectErrors } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { hostPart } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { sameCluster } from '../../kernel/same-cluster';
import { uniqueId } from '../../kernel/unique-id';
import { Callee, ICallee } from '../../services/calls/callee';
import { Caller } from '../../services/calls/caller';
import { onCall } from '../../services/calls/calls';
import { declareEgressRoute } from '../../services/calls/egress-routes';
import { Call, callsOf } from '../../services/calls/recorded-calls';
import { checkIdentity } from '../../services/calls/shared-identity';
import { captureDns } from '../../services/pods/dns-capture';
import { hasSidecars } from '../../services/workloads/sidecars';
import { asBlock, isAddress, isBlock } from '../../values/cidr';
import { isPattern } from '../../values/host';
import { MeshPort } from '../../values/mesh-port';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * A host outside of the mesh, and the way to it: all objects that the way needs, and no more.
 *
 * Services say that they call it by `calls`, and are let through by that; where none does, the namespace of the route may.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/
 */
export class EgressRoute extends Construct implements ICallee, IRouteTarget {
  /** The name that clients dial. */
  public readonly host: string;
  /** The namespace of the route. */
  public readonly namespace: string;
  /** The ports that clients dial. */
  public readonly ports: MeshPort[];
  /** The egress gateway on the way, where there is one. */
  public readonly gateway?: MeshGateway;

  private readonly scope: EgressScope;
  private readonly meshHost: MeshHost;
  private readonly direct?: EgressDirect;
  private readonly entry: RegisteredEgress;
  private readonly callers?: EgressCallers;

  constructor(scope: Construct, id: string, props: EgressRouteProps) {
    super(scope, uniqueId(scope, id));
    const { host, ports, via = EgressPath.direct(), callers } = validateProps('EgressRouteProps', props, this);
    const facts = this.factsOf(props);
    checkHost(facts, this);
    this.host = host;
    this.namespace = namespaceOf(this);
    this.ports = ports.map(({ _meshPort }) => _meshPort);
    this.gateway = via._gateway;
    this.callers = callers;
    this.scope = new EgressScope(this, callers);
    this.entry = {
      route: this,
      facts,
      scope: this.scope,
      gatewayPods: this.gateway?.workload,
      hasPolicy: () => this.meshHost.policy.isWritten,
    };
    const name = hostPart(host);
    new networking.ServiceEntry(this, owned(this, 'Resource'), {
      metadata: { name, namespace: this.namespace },
      spec: Lazy.any({ produce: () => ({ ...renderEntry(facts), exportTo: this.visibleTo() }) }),
    });
    this.meshHost = MeshHost.outside(this, { host, namespace: this.namespace, name, ports: this.ports, versions: {} });
    if (this.gateway) {
      sameCluster(this, this.gateway);
      this.refersToSecrets(props, this.gateway.workload.namespace);
      if (ports.some(({ remoteTls }) => remoteTls?._secret)) {
        this.gateway.workload._readSecrets();
      }
      new EgressDetour(this, this.meshHost, ports, this.scope, this.gateway);
    } else {
      this.refersToSecrets(props, this.namespace);
      this.direct = new EgressDirect(this, this.meshHost, ports, this.scope);
    }
    registerEgress(this.entry);
    declareEgressRoute(this, () => this.toCallee()._attributes);
    onCall(this, edge => this.grant(edge));
    const checks = [() => checkEgress(this.entry), () => this.checkCallers(props)];
    this.node.addValidation({ validate: () => checks.flatMap(check => collectErrors(this, check)) });
  }

  /**
   * The port of this number.
   *
   * @param port the number that clients dial; one that there is not is refused (IM1111)
   */
  public portOf(port: number): MeshPort {
    const found = this.ports.find(candidate => candidate.port === port);
    if (!found) {
      throw new MeshError('IM1111', this, {
        problem: `${this.host} has no port ${show(port)}`, got: port, allowed: this.ports.map(({ port: number, name }) => `${number} (${name})`).join(', '),
      });
    }
    return found;
  }

  /** The host as `calls` takes it. */
  public toCallee(): Callee {
    const { endpoints, addresses } = this.entry.facts;
    const named = Object.values(endpoints).flat();
    const places = named.length > 0 ? named : addresses;
    const workload = this.gateway?.workload;
    return Callee._create({
      construct: this,
      name: this.host,
      hosts: [this.host],
      namespace: this.namespace,
      ports: this.ports,
      policyHosts: [this.forPolicies()],
      via: workload && { namespace: workload.namespace, labels: workload.selector },
      addresses: places.length > 0 && places.every(place => isBlock(place) || isAddress(place)) ? places.map(asBlock) : undefined,
    });
  }

  /**
   * The host as the end of a route of a gateway. It is told its own name, unless the route rewrites the authority. Through an egress gateway it cannot
   * be one: it would be passed by (IM1512). Neither can a whole domain (IM1363).
   */
  public toRouteTarget(): RouteTarget {
    if (this.gateway) {
      throw new MeshError('IM1512', this, {
        problem: `requests from a gateway to ${this.host} would not pass ${this.gateway.node.path}, which decides who may leave`,
        got: this.host,
        next: 'lead to a service that calls the route, or take EgressPath.direct()',
      });
    }
    if (isPattern(this.host)) {
      throw new MeshError('IM1363', this, { problem: `${this.host} is a whole domain: a gateway would send the request to its own host, and not to the target of the route`, got: this.host });
    }
    return RouteTarget._create(new HostBackend(this.meshHost, undefined, true));
  }

  private factsOf(props: EgressRouteProps): EgressHostConfig {
    const { host, ports, via, endpoints, localities, addresses = [], wildcardResolution: wildcardResolution = WildcardResolution.NONE } = props;
    if (endpoints && localities) {
      throw new MeshError('IM1516', this, { problem: 'endpoints are listed with and without localities', got: Object.keys(localities), next: 'keep one of the two lists' });
    }
    const places = localities ?? (endpoints ? { '': endpoints } : {});
    if (localities && Object.keys(localities).length === 0) {
      throw new MeshError('IM1516', this, { problem: 'there is no locality', got: localities, next: 'drop `localities`, or name one' });
    }
    // Where nobody says that DNS knows the host, its addresses are all that is known of where it is.
    const known = Object.keys(places).length > 0;
    const reached = !known && props.inDns !== true && !isPattern(host) && addresses.length > 0 && addresses.every(isAddress);
    const inDns = props.inDns ?? !known;
    return {
      host, ports, addresses, endpoints: reached ? { '': [...addresses] } : places, wildcardResolution, inDns, throughGateway: via?._gateway !== undefined,
    };
  }

  /** A gateway on the way has to find the host as well. */
  private visibleTo(): string[] {
    return this.scope.exportTo(...this.gateway ? [this.gateway.workload.namespace] : []);
  }

  /** Limits and ejection are those of the proxy that connects: the caller's sidecar, or the gateway. */
  private forPolicies(): PolicyHost {
    const { identity, policy, routing: { requests } } = this.meshHost;
    return {
      identity,
      endpoints: choiceOf(this.entry.facts),
      policies: this.direct?.policies ?? [policy],
      addRequestSettings: (settings, source, ports) =>
        (this.direct ? this.direct.addRequestSettings(settings, source, ports) : requests.contribute(settings, source, ports)),
    };
  }

  /** What the construct adds to pods whose service declares to call it. */
  private grant({ caller, port: { port } }: Call): void {
    if (!caller.isGateway) {
      this.direct?.restrict();
    }
    for (const pods of caller.madePods ?? []) {
      this.checkSidecar(caller);
      if (needsCapture(this.entry)) {
        captureDns(pods, this);
      }
      this.direct?.grant(pods, port, this);
    }
  }

  private checkSidecar(caller: Caller): void {
    if (!caller.hasSidecar(this)) {
      throw new MeshError('IM1510', caller.construct ?? this, {
        problem: `${caller.construct ? 'its pods' : `the pods of ${caller.name}`} have no sidecar: the route to ${this.host} would not hold for them`,
        got: caller.namespace,
        next: 'enable sidecars for the pods, or call the host without a route and close other ways by a NetworkPolicy',
      });
    }
  }

  private checkCallers({ ports }: EgressRouteProps): void {
    const declared = this.scope.declared();
    callsOf(this, [this]).forEach(({ caller }) => this.checkSidecar(caller));
    if (this.gateway) {
      this.checkIdentities();
    } else {
      this.checkElsewhere(ports);
    }
    const declaredOnly = this.callers?._who === 'declared';
    const bare = this.scope.inWords().find(name => !hasSidecars(this, name));
    if (bare !== undefined && (this.callers || !this.scope.isLedByGateways)) {
      throw new MeshError('IM1510', this, {
        problem: `pods of ${bare} have no sidecar: the route to ${this.host} would not hold for them`,
        got: bare,
        next: 'name callers whose pods have sidecars: service.calls(route), or EgressCallers.namespaces()',
      });
    }
    if (declaredOnly && declared.length === 0) {
      throw new MeshError('IM1511', this, { problem: `no service declares to call ${this.host}`, next: 'declare it: service.calls(route)' });
    }
    const unread = ports.find(({ _kind }) => _kind !== 'http');
    if (declaredOnly && this.direct && unread) {
      throw new MeshError('IM1512', this, {
        problem: `port ${unread.port} speaks ${unread.protocol}: without a gateway on the way, services of one namespace cannot be told apart there`,
        got: unread.protocol,
        next: 'take EgressPath.gateway(), or EgressCallers.namespaces()',
      });
    }
    const secret = ports.find(({ remoteTls }) => remoteTls?._secret)?.remoteTls?._secret;
    const foreign = declared.find(({ namespace }) => namespace !== this.namespace)?.namespace;
    if (this.direct && secret && (declared.length === 0 || foreign !== undefined || this.scope.isOpen || this.scope.inWords().length > 0)) {
      throw new MeshError('IM1513', this, {
        problem: `TLS begins at the sidecars of callers with the Secret ${secret}, and ${declared.length === 0 ? 'no service declares to call the route' : 'callers are not all services of its namespace'}`,
        got: foreign ?? this.scope.inWords(),
        allowed: `services of ${this.namespace} that declare their calls`,
        next: 'declare them: service.calls(route); or let TLS begin at a gateway: EgressPath.gateway()',
      });
    }
  }

  /** A gateway knows callers by their identity: each has one that is known, and that no other pods have. */
  private checkIdentities(): void {
    const { anyone, namespaces } = this.scope.allowed();
    const edges = callsOf(this, [this]).filter(({ callee }) => callee.construct === this);
    const alone = edges.filter(({ caller }) => !anyone && !namespaces.includes(caller.identity().namespace));
    alone.forEach(edge => checkIdentity(edge, edges));
  }

  /** Direct routes know pods by what is added to them. Nothing is added to pods that somebody else deploys. */
  private checkElsewhere(ports: EgressPort[]): void {
    const secret = ports.find(({ remoteTls }) => remoteTls?._secret)?.remoteTls?._secret;
    for (const { caller } of callsOf(this, [this])) {
      if (caller.isGateway || caller.madePods) {
        continue;
      }
      if (secret) {
        throw new MeshError('IM1513', this, {
          problem: `TLS begins at the sidecars of callers with the Secret ${secret}, and somebody else deploys the pods of ${caller.name}: nothing mounts it there`,
          got: caller.name,
          next: 'let TLS begin at a gateway: EgressPath.gateway()',
        });
      }
      const isWholeNamespace = !caller.construct && caller.identity().accounts === undefined;
      if (!caller.podLabels && !isWholeNamespace && ports.some(({ _kind }) => _kind === 'http')) {
        throw new MeshError('IM1840', this, {
          problem: `the labels of the pods of ${caller.name} are not known: the route would be open to every pod of ${caller.namespace}`,
          got: caller.name,
          next: 'name its `podLabels`; or let callers be known by identity: EgressPath.gateway(); or open the route to the namespace: EgressCallers.namespaces()',
        });
      }
    }
  }

  private refersToSecrets({ ports }: EgressRouteProps, namespace: string): void {
    [...new Set(ports.flatMap(({ remoteTls }) => remoteTls?._secret ?? []))].forEach(secret => MeshCluster.of(this)._refersTo('Secret', namespace, secret, this));
  }
}
