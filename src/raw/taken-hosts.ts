import { Finding } from './finding';
import { Ground } from './ground';
import { gatewaysOf, Manifest, selectorOf } from './manifest';
import { at, list, text, texts } from '../kernel/json';

const NEXT = {
  VirtualService: 'say it by a CanarySplit, a ResiliencePolicy or a route of the gateway, or leave the host to this object and keep the construct out',
  DestinationRule: 'say it by a ResiliencePolicy or by an option of the construct',
  ServiceEntry: 'say it by the construct that has the host',
};

function taken({ object, json }: Manifest, owner: { readonly host: string; readonly by: string }, next: string): Finding {
  return {
    code: 'IM1018',
    problem: `${object.kind} ${text(json, 'metadata', 'name')} takes ${owner.host}, which is the host of ${owner.by}`,
    next,
  };
}

/** Istio never merges VirtualServices of a mesh host, and joins those of a gateway's host by age. */
export function takenByVirtualService(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  const owners = gatewaysOf(json).flatMap(gateway => {
    const key = gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
    const routed = key === 'mesh' ? ground.hosts : ground.hostsOfGateways.get(key);
    return texts(json, 'spec', 'hosts').flatMap(host => routed?.ownerOf(host, namespace, key === 'mesh') ?? []);
  });
  return owners.slice(0, 1).map(owner => taken(unknown, owner, NEXT.VirtualService));
}

/** Istio takes one DestinationRule of a host whole: that of the caller's namespace before that of the service's. */
export function takenByDestinationRule(unknown: Manifest, ground: Ground): Finding[] {
  const host = text(unknown.json, 'spec', 'host');
  const owner = host === undefined ? undefined : ground.hosts.ownerOf(host, unknown.namespace);
  return owner ? [taken(unknown, owner, NEXT.DestinationRule)] : [];
}

/** A second entry of a host gives it other ports, addresses and endpoints. */
export function takenByServiceEntry(unknown: Manifest, ground: Ground): Finding[] {
  const owner = texts(unknown.json, 'spec', 'hosts').flatMap(host => ground.hosts.ownerOf(host, unknown.namespace) ?? [])[0];
  return owner ? [taken(unknown, owner, NEXT.ServiceEntry)] : aboutServedPods(unknown, ground);
}

/** Pods serve the ports of an entry that selects them by the protocol of the entry, whatever their Service says. */
function aboutServedPods(unknown: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = unknown;
  const selector = selectorOf(json);
  const pods = selector && ground.selected(namespace, selector).find(each => each.namespace === namespace);
  return pods ? [{
    code: 'IM1020', problem: `ServiceEntry ${text(json, 'metadata', 'name')} is about the pods of ${pods.by}`, next: 'give the service a further name by a ServiceAlias, or select other pods',
  }] : [];
}

/** A route of the Gateway API whose parent is a Service silences the VirtualService of its host, and so does what is attached to it. */
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
