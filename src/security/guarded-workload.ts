import { ApiObject, Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Grant } from './access-rules';
import { GuardedCalls } from './guarded-calls';
import { hostOf, makeAccess, makeNetworkPolicy, makeSidecar, Place, Strictness } from './guarded-place';
import { NetworkGrants } from './network-rules';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshHost } from '../hosts/mesh-host';
import { podsName, versionName } from '../kernel/naming';
import { writtenMetadata } from '../kernel/written-metadata';
import { aliasesOf } from '../services/aliases';
import { authorizersAround, collectorsAround } from '../services/calls/proxy-callees';
import { Call } from '../services/calls/recorded-calls';
import { providersAsked } from '../services/workloads/guards';
import { AnsweredService, MadeWorkload } from '../services/workloads/workload';
import { perSynthesis } from '../synthesis/per-synthesis';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** The annotation by which a Service limits the namespaces that see it. */
const EXPORT_TO = 'networking.istio.io/exportTo';

/** The objects that restrict a workload to its declared calls. */
export class GuardedWorkload {
  private static readonly hostsOf = perSynthesis((guarded: GuardedWorkload): readonly string[] => guarded.wholeHosts());

  /** The constructs of the workload. */
  public readonly constructs: ReadonlySet<IConstruct>;
  /** The calls to and from the workload. */
  public readonly calls: GuardedCalls;
  private readonly scope: Construct;
  /** By version. */
  private places?: { readonly [name: string]: Place };

  public constructor(public readonly workload: MadeWorkload, private readonly strictness: Strictness) {
    const { name, namespace, labels, annotations, versions, services } = workload;
    this.constructs = new Set(workload.constructs);
    this.scope = new Construct(workload.scope, 'LeastPrivilege');
    this.calls = new GuardedCalls(this.scope, this.constructs, versions.map(version => version.name).filter(version => version !== undefined));
    const place = { scope: this.scope, name: podsName(name), namespace, labels, annotations };
    makeAccess(place, strictness, () => this.grants(), () => this.collecting.map(({ targetPort }) => targetPort));
    if (strictness.enforces) {
      versions.forEach(version => this.makeSidecar(version.name, version.labels));
      services.forEach(service => this.hide(service));
    }
    if (strictness.networkPolicies) {
      const grants = () => ({ ...this.networkGrants(), meshwide: this.collecting });
      makeNetworkPolicy(place, grants, true, strictness.blocks);
    }
  }

  /** Creates the objects for a call of one version. They add to those of the whole workload. */
  public addEdge({ caller, callee }: Call): void {
    const called = this.calls.is(callee.construct) ? callee.version : undefined;
    const calling = this.calls.is(caller.construct) ? caller.version : undefined;
    const first = (kind: string, at?: Place): at is Place => at !== undefined && !at.scope.node.tryFindChild(kind);
    const answering = this.placeOf(called);
    if (first('AuthorizationPolicy', answering)) {
      makeAccess(answering, this.strictness, () => this.grants(called));
    }
    for (const version of this.strictness.networkPolicies ? [called, calling] : []) {
      const at = this.placeOf(version);
      if (first('NetworkPolicy', at)) {
        makeNetworkPolicy(at, () => this.networkGrants(version), false);
      }
    }
  }

  /** The place of objects for one version. All are made with the first, so that the order of objects does not depend on the order of calls. */
  private placeOf(version?: string): Place | undefined {
    if (version === undefined) {
      return undefined;
    }
    const { name, namespace, versions } = this.workload;
    const places = this.places ??= Object.fromEntries(versions.filter(each => each.name !== undefined).map(({ name: own, labels }) => [own, {
      scope: new Construct(this.scope, `Version-${own}`), name: versionName(name, own!), namespace, labels,
    }]));
    return places[version];
  }

  private grants(version?: string): Grant[] {
    const declared = this.calls.to(version).map(({ caller, port, requests }) => ({ caller: caller.identity(), port, requests }));
    return version === undefined ? [...this.peerGrants, ...declared] : declared;
  }

  /** Peers may call peer ports without a declaration. */
  private get peerGrants(): Grant[] {
    const { namespace, versions, labels, peerPorts } = this.workload;
    if (peerPorts.length === 0) {
      return [];
    }
    const caller = { namespace, accounts: [...new Set(versions.flatMap(({ account }) => account ?? []))].sort(), podLabels: labels };
    return peerPorts.map(port => ({ caller, port }));
  }

  /** The ports that receive traces or logs of every proxy in the mesh. */
  private get collecting(): MeshPort[] {
    const { services, ports } = this.workload;
    const called = collectorsAround(this.scope).filter(({ host }) => services.some(service => service.host === host));
    return called.length === 0 ? [] : ports.filter(({ port }) => called.some(callee => callee.port === port));
  }

  private networkGrants(version?: string): NetworkGrants {
    const { namespace, labels } = this.workload;
    const peers = version === undefined ? this.peerGrants.map(({ port }) => ({ callee: { pods: { namespace, labels } }, port })) : [];
    return { from: this.grants(version), to: [...peers, ...this.calls.from(version)] };
  }

  private makeSidecar(version: string | undefined, labels: Labels): void {
    const { name, namespace, annotations } = this.workload;
    const scope = new Construct(this.scope, version === undefined ? 'Scope' : `Scope-${version}`);
    const own = version === undefined ? podsName(name) : versionName(name, version);
    makeSidecar({ scope, name: own, namespace, labels, annotations }, this.strictness, () => this.hosts(version));
  }

  /** The hosts that a version calls, as Sidecars name them. */
  private hosts(version?: string): readonly string[] {
    const own = version === undefined ? [] : this.calls.from(version);
    const whole = GuardedWorkload.hostsOf(this);
    return own.length === 0 ? whole : [...new Set([...whole, ...this.called(own)])].sort();
  }

  /** The hosts that all versions call. */
  private wholeHosts(): string[] {
    const { peerPorts, services, namespace } = this.workload;
    const peers = peerPorts.length > 0 ? services.map(({ host }) => `${namespace}/${host}`) : [];
    const proxies = [...collectorsAround(this.scope), ...authorizersAround(this.scope, () => providersAsked(this.workload))];
    return [...new Set([...this.called(this.calls.from()), ...peers, ...proxies.map(hostOf)])].sort();
  }

  /** The hosts of calls. Istio looks for an alias in the namespace of its service. */
  private called(calls: readonly Call[]): string[] {
    return calls.flatMap(({ callee: { hosts, namespace } }) => hosts.flatMap(host => [host, ...aliasesOf(this.scope, host)]).map(host => `${namespace}/${host}`));
  }

  /** Exports a service to its own namespace and to those of its callers. */
  private hide(service: AnsweredService): void {
    const { visibility } = MeshHost.of(service, service.host)!;
    visibility.limit(() => {
      if (collectorsAround(this.scope).some(({ host }) => host === service.host)) {
        return ['*'];
      }
      const callers = this.calls.allTo.map(({ caller }) => caller.identity().namespace);
      return ['.', ...[...new Set(callers)].filter(namespace => namespace !== this.workload.namespace).sort()];
    });
    const object = service.node.tryFindChild('Resource');
    if (object && ApiObject.isApiObject(object)) {
      if (EXPORT_TO in writtenMetadata(service, object.metadata).annotations) {
        throw new MeshError('IM1810', service, { problem: `the annotation ${EXPORT_TO} of its Service is already set` });
      }
      object.metadata.addAnnotation(EXPORT_TO, Lazy.any({ produce: () => visibility.exportTo!.join(',') }) as unknown as string);
    }
  }
}
