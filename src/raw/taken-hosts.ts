import { Finding } from './finding';
import { Ground } from './ground';
import { gatewaysOf, Manifest, selectorOf } from './manifest';
import { at, list, text, texts } from '../kernel/json';

const NEXT = {
  VirtualService: 'use a CanarySplit, a ResiliencePolicy or a route of the gateway instead, or remove the construct for this host',
  DestinationRule: 'use a ResiliencePolicy or an option of the construct instead',
  ServiceEntry: 'set it on the construct that owns the host',
};

function taken({ object, json }: Manifest, owner: { readonly host: string; readonly by: string }, next: string): Finding {
  return {
    code: 'IM1018',
    problem: `${object.kind} ${text(json, 'metadata', 'name')} configures ${owner.host}, which is the host of ${owner.by}`,
    next,
  };
}

/** Istio never merges VirtualServices of a mesh host, and merges those of a gateway's host by age. */
export function takenByVirtualService(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  const owners = gatewaysOf(json).flatMap(gateway => {
    const key = gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
    const routed = key === 'mesh' ? ground.hosts : ground.hostsOfGateways.get(key);
    return texts(json, 'spec', 'hosts').flatMap(host => routed?.ownerOf(host, namespace, key === 'mesh') ?? []);
  });
  return owners.slice(0, 1).map(owner => taken(unknown, owner, NEXT.VirtualService));
}

/** Istio applies only one DestinationRule to a host. A rule in the caller's namespace overrides that in the service's namespace. */
export function takenByDestinationRule(unknown: Manifest, ground: Ground): Finding[] {
  const host = text(unknown.json, 'spec', 'host');
  const owner = host === undefined ? undefined : ground.hosts.ownerOf(host, unknown.namespace);
  return owner ? [taken(unknown, owner, NEXT.DestinationRule)] : [];
}

/** A second ServiceEntry of a host gives it other ports, addresses and endpoints. */
export function takenByServiceEntry(unknown: Manifest, ground: Ground): Finding[] {
  const owner = texts(unknown.json, 'spec', 'hosts').flatMap(host => ground.hosts.ownerOf(host, unknown.namespace) ?? [])[0];
  return owner ? [taken(unknown, owner, NEXT.ServiceEntry)] : aboutServedPods(unknown, ground);
}

/** Pods that a ServiceEntry selects use the protocols of its ports, regardless of their Service. */
function aboutServedPods(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  const selector = selectorOf(json);
  const pods = selector && ground.selected(namespace, selector).find(each => each.namespace === namespace);
  return pods ? [{
    code: 'IM1020', problem: `ServiceEntry ${text(json, 'metadata', 'name')} selects the pods of ${pods.by}`, next: 'add a name to the service with a ServiceAlias, or select other pods',
  }] : [];
}

/** A route of the Gateway API whose parent is a Service disables the VirtualService of its host, and so does a policy attached to the Service. */
export function takenByAttachment(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  for (const parent of [...list(json, 'spec', 'parentRefs'), ...list(json, 'spec', 'targetRefs')]) {
    const kind = text(parent, 'kind') ?? 'Gateway';
    const name = text(parent, 'name');
    const of = ground.all(kind === 'Service' || kind === 'ServiceEntry' ? kind : '')
      .find(other => at(other.json, 'metadata', 'name') === name && other.namespace === (text(parent, 'namespace') ?? namespace));
    if (of) {
      return [taken(unknown, { host: `${kind} ${of.namespace}/${name}`, by: of.by }, NEXT.VirtualService)];
    }
  }
  return [];
}
