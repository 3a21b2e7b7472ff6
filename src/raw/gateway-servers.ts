import { Manifest } from './manifest';
import { at, labelsAt, list, text, texts } from '../kernel/json';
import { gatewayAttributes } from '../services/workloads/gateway-pods';
import { Labels } from '../values/labels';

/** A listener of pods, from any kind of object. */
export interface Listener {
  readonly name: string;
  readonly by: string;
  /** The known labels of the pods. */
  readonly pods: Labels;
  readonly port: number;
  readonly bind?: string;
  readonly protocol: string;
  readonly hosts: string[];
}

/** The servers of an Istio Gateway. */
export function serversOf({ object, json, namespace, by }: Manifest, isOwned: boolean): Listener[] {
  const selector = labelsAt(json, 'spec', 'selector') ?? {};
  const known = isOwned ? gatewayAttributes(object.node.scope!).pods?.labels : undefined;
  return list(json, 'spec', 'servers').flatMap(server => {
    const port = Number(at(server, 'port', 'number'));
    const hosts = texts(server, 'hosts').map(host => host.slice(host.indexOf('/') + 1).toLowerCase());
    const protocol = text(server, 'port', 'protocol') ?? '';
    const own = { name: `${namespace}/${text(json, 'metadata', 'name')}`, by, pods: { ...known, ...selector }, bind: text(server, 'bind'), hosts };
    return [{ ...own, port, protocol }];
  });
}
