import { Construct, IConstruct } from 'constructs';
import { HostExportTo } from './host-export-to';
import { MeshRouting } from './mesh-routing';
import { differenceOf, HostIdentity } from './model/host-identity';
import { HostPolicy } from './policy/host-policy';
import { PolicyHost } from './policy-host';
import { MeshError } from '../diagnostics/mesh-error';
import { nextForTwo } from '../kernel/next-for-two';
import { registryOf } from '../kernel/registry';

class HostRegistry {
  /** Owners of hosts by host, external hosts by namespace and host. Written by services, routes and gateways. Complete at synthesis. */
  public readonly hosts = new Map<string, MeshHost>();
}

/**
 * A host of the mesh, with the two things that exist once for it: its routing and its policy. Constructs that want to add
 * something about either comes through here.
 */
export class MeshHost {
  /** The host of a service that this App creates. Its objects go below the service. */
  public static made(service: Construct, identity: HostIdentity): MeshHost {
    return new MeshHost(service, identity, true);
  }

  /**
   * The host of an existing service: the one that was described before, or a new one whose objects
   * go below `home`.
   */
  public static described(scope: Construct, identity: HostIdentity): MeshHost {
    const known = MeshHost.of(scope, identity.host);
    if (known?.madeHere === false) {
      const difference = differenceOf(identity, known.identity);
      if (difference) {
        throw new MeshError('IM1401', scope, {
          problem: `${identity.host} is described otherwise by ${known.scope.node.path}: the ${difference.what} differ`,
          found: `${difference.one}, and before ${difference.other}`,
          next: 'describe it once, or alike',
        });
      }
      return known;
    }
    return new MeshHost(scope, identity, false);
  }

  /**
   * A host outside of the mesh, as one namespace knows it. Several namespaces may know one host, each for itself: whether they see each
   * other's is for the caller to check.
   */
  public static outside(scope: Construct, identity: HostIdentity): MeshHost {
    return new MeshHost(scope, identity, true, `${identity.namespace} ${identity.host}`);
  }

  /** The host of this name, as seen from a construct of its cluster. */
  public static of(scope: IConstruct, host: string): MeshHost | undefined {
    return registryOf(scope, HostRegistry).hosts.get(host);
  }

  /** What the mesh's sidecars do with requests for the host. */
  public readonly routing: MeshRouting;
  /** How they connect to it. */
  public readonly policy: HostPolicy;
  /** Which namespaces see it. */
  public readonly visibility = new HostExportTo();

  // Both scopes exist from the start, so that the order of objects does not depend on the order of contributions.
  private constructor(public readonly scope: Construct, public readonly identity: HostIdentity, private readonly madeHere: boolean,
    key = identity.host) {
    const { hosts } = registryOf(scope, HostRegistry);
    const known = hosts.get(identity.host) ?? hosts.get(key);
    if (known) {
      throw new MeshError('IM1003', scope, {
        problem: `the service ${identity.namespace}/${identity.name} exists already: ${known.scope.node.path}`,
        ...nextForTwo(scope, known.scope, 'use that object, or rename one of the two'),
      });
    }
    hosts.set(key, this);
    this.policy = new HostPolicy(scope, 'Policy', identity);
    this.routing = new MeshRouting(scope, 'Routing', identity, this.policy, this.visibility);
    this.policy.visibleTo(() => this.visibility.exportTo);
  }
  /** The host of a service, as policies take it. */
  public forPolicies(): PolicyHost {
    return {
      identity: this.identity,
      endpoints: 'pods',
      policies: [this.policy],
      addRequestSettings: (settings, source, ports) => this.routing.addRequestSettings(settings, source, ports),
    };
  }
}
