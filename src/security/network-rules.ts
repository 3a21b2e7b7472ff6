import { k8s } from 'cdk8s-plus-28';
import { CalleeAttributes } from '../services/calls/callee';
import { ProxyCallee } from '../services/calls/proxy-callees';
import { PodSelection, WorkloadIdentity } from '../services/workloads/workload';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

type Transport = 'TCP' | 'UDP';

/** A peer of pods, and the ports on which they are connected. */
interface AllowedPeer {
  /** Undefined for every peer. */
  readonly peer?: k8s.NetworkPolicyPeer;
  readonly ports: { readonly port: number; readonly protocol: Transport }[];
}

/** The callers and callees of a pod for its NetworkPolicy. */
export interface NetworkGrants {
  /** Ports that all clients may call, from inside the cluster or outside. */
  readonly open?: number[];
  /** Ports that every pod of the cluster may call. */
  readonly meshwide?: MeshPort[];
  readonly from: { readonly caller: WorkloadIdentity; readonly port: MeshPort }[];
  readonly to: { readonly callee: Pick<CalleeAttributes, 'pods' | 'via' | 'addresses'>; readonly port: MeshPort }[];
}

/** What every pod needs besides its calls and depends on the cluster. */
export interface NetworkNeeds {
  readonly rootNamespace: string;
  /** Further addresses that pods may call, on any port. */
  readonly blocks: string[];
  /** The collectors that every proxy calls. */
  readonly collectors: readonly ProxyCallee[];
}

const NAMESPACE = 'kubernetes.io/metadata.name';
const tcp = (port: number) => ({ port, protocol: 'TCP' as const });

/**
 * What every pod of the mesh needs besides its calls: scrapes of the sidecar's ports, DNS, and istiod for configuration and certificates.
 * NetworkPolicies never block probes, which come from the pod's own node.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
 */
const SCRAPES: AllowedPeer = { peer: { namespaceSelector: {} }, ports: [tcp(15020), tcp(15090)] };
const DNS: AllowedPeer = { peer: peerOf('kube-system', { 'k8s-app': 'kube-dns' }), ports: [{ port: 53, protocol: 'UDP' }, tcp(53)] };

function istiod(rootNamespace: string): AllowedPeer {
  return { peer: peerOf(rootNamespace, { app: 'istiod' }), ports: [tcp(15012)] };
}

/** The NetworkPolicy of pods: their calls and, if given, what every pod needs. */
export function networkPolicy(selector: Labels, { open = [], meshwide = [], from, to }: NetworkGrants, needs?: NetworkNeeds): k8s.NetworkPolicySpec {
  const opened: AllowedPeer[] = open.length > 0 ? [{ ports: open.map(tcp) }] : [];
  const ingress = joined(from.map(({ caller, port }) => ({ peer: peerOf(caller.namespace, caller.podLabels!), ports: [portOf(port)] })));
  const egress = joined(to.flatMap(({ callee, port }) => calleePeers(callee, port)));
  const collected: AllowedPeer[] = meshwide.length > 0 ? [{ peer: { namespaceSelector: {} }, ports: meshwide.map(portOf) }] : [];
  const needed = needs === undefined ? { ingress: [], egress: [] } : { ingress: [SCRAPES], egress: neededPeers(needs) };
  return {
    podSelector: Object.keys(selector).length > 0 ? { matchLabels: { ...selector } } : {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: some([...opened, ...ingress, ...collected, ...needed.ingress]
      .map(({ peer, ports }) => ({ from: peer && [peer], ports: some(ports.map(written)) }))),
    egress: some([...egress, ...needed.egress].map(({ peer, ports }) => ({ to: peer && [peer], ports: some(ports.map(written)) }))),
  };
}

function neededPeers({ rootNamespace, blocks, collectors }: NetworkNeeds): AllowedPeer[] {
  const further = blocks.map(cidr => ({ peer: { ipBlock: { cidr } }, ports: [] }));
  return [DNS, istiod(rootNamespace), ...joined(collectors.flatMap(collectorPeers)), ...further];
}

function some<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function peerOf(namespace: string, labels: Labels): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE]: namespace } },
    ...Object.keys(labels).length > 0 ? { podSelector: { matchLabels: { ...labels } } } : {},
  };
}

/** A NetworkPolicy knows no host names. If the addresses of an external host are unknown, it opens the port to all addresses. */
function calleePeers({ pods, via, addresses }: NetworkGrants['to'][number]['callee'], port: MeshPort): AllowedPeer[] {
  const through = ({ namespace, labels }: PodSelection) => peerOf(namespace, labels);
  if (pods) {
    return [{ peer: through(pods), ports: [portOf(port)] }];
  }
  if (via) {
    return [{ peer: through(via), ports: [] }]; // the target ports of its pods are unknown
  }
  return (addresses ?? ['0.0.0.0/0', '::/0']).map(cidr => ({ peer: { ipBlock: { cidr } }, ports: [portOf(port)] }));
}

/** The pods of a collector. If they are unknown, all pods of its namespace at the port of the Service. */
function collectorPeers({ namespace, port, pods, targetPort = port }: ProxyCallee): AllowedPeer[] {
  return namespace === '*' ? [] : [{ peer: peerOf(namespace, pods?.labels ?? {}), ports: [tcp(targetPort)] }];
}

function portOf(port: MeshPort): { port: number; protocol: Transport } {
  return { port: port.targetPort, protocol: port._transport };
}

function written({ port, protocol }: { port: number; protocol: Transport }): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(port), protocol };
}

/** One entry for each peer, with all its ports, in a fixed order. */
function joined(allowed: AllowedPeer[]): AllowedPeer[] {
  const peers = new Map(allowed.map(({ peer }) => [JSON.stringify(peer), peer]));
  return [...peers.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, peer]) => {
    const ports = new Map(allowed.filter(each => JSON.stringify(each.peer) === key).flatMap(each => each.ports).map(port => [`${port.port} ${port.protocol}`, port]));
    return { peer, ports: [...ports.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1)) };
  });
}
