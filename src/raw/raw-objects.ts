import { ApiObject } from 'cdk8s';
import { Comparison, Finding } from './finding';
import { Ground } from './ground';
import { joinedByEndpoints, joinedByEntry, joinedByWorkload } from './joined-services';
import { Manifest, manifest } from './manifest';
import { takenByAttachment, takenByDestinationRule, takenByServiceEntry, takenByVirtualService } from './taken-hosts';
import { takenByGateway, takenByGatewayApi, takenByIngress, takenThroughGateway } from './taken-listeners';
import {
  aboutAccess, aboutFilters, aboutNetwork, aboutPeers, aboutProxies, aboutSidecars, aboutTelemetry, aboutTokens,
} from './taken-pods';
import { MeshError } from '../diagnostics/mesh-error';
import { checkClusters } from '../kernel/cluster-checks';
import { ClusterParts } from '../kernel/cluster-parts';
import { labelsAt, text } from '../kernel/json';
import { MeshCluster } from '../kernel/mesh-cluster';
import { WORKLOAD_KINDS } from '../kernel/pod-template';

/** The comparison for each kind, by `<group>/<kind>`. Other kinds cannot contradict constructs. */
const COMPARISONS: { readonly [kind: string]: Comparison } = {
  'networking.istio.io/VirtualService': takenByVirtualService,
  'networking.istio.io/DestinationRule': takenByDestinationRule,
  'networking.istio.io/ServiceEntry': takenByServiceEntry,
  'networking.istio.io/Gateway': takenByGateway,
  'networking.istio.io/Sidecar': aboutSidecars,
  'networking.istio.io/EnvoyFilter': aboutFilters,
  'networking.istio.io/ProxyConfig': aboutProxies,
  'networking.istio.io/WorkloadEntry': joinedByEntry,
  'networking.istio.io/WorkloadGroup': joinedByEntry,
  'security.istio.io/PeerAuthentication': aboutPeers,
  'security.istio.io/RequestAuthentication': aboutTokens,
  'security.istio.io/AuthorizationPolicy': aboutAccess,
  'telemetry.istio.io/Telemetry': aboutTelemetry,
  ...Object.fromEntries(['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute', 'BackendTLSPolicy']
    .map(kind => [`gateway.networking.k8s.io/${kind}`, takenByAttachment])),
  'gateway.networking.k8s.io/Gateway': takenByGatewayApi,
  'networking.k8s.io/Ingress': takenByIngress,
  'networking.k8s.io/NetworkPolicy': aboutNetwork,
  'core/Endpoints': joinedByEndpoints,
  'discovery.k8s.io/EndpointSlice': joinedByEndpoints,
  'core/Namespace': contradictsNamespace,
};

/** Groups of the kinds that create pods. */
const WORKLOAD_GROUPS = ['core', 'apps', 'batch', 'argoproj.io'];

function comparisonOf({ apiGroup, kind }: ApiObject): Comparison | undefined {
  return COMPARISONS[`${apiGroup}/${kind}`] ?? (WORKLOAD_GROUPS.includes(apiGroup) && WORKLOAD_KINDS.includes(kind) ? joinedByWorkload : undefined);
}

/** Compares the Namespace object of a namespace that constructs describe as existing. */
function contradictsNamespace({ json }: Manifest, ground: Ground): Finding[] {
  const name = text(json, 'metadata', 'name') ?? '';
  const known = ground.namespace(name);
  const labels = labelsAt(json, 'metadata', 'labels') ?? {};
  const injects = labels['istio-injection'] === 'enabled' || (labels['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined);
  if (!known || (known.hasSidecars === injects && (!injects || labels['istio.io/dataplane-mode'] !== 'ambient'))) {
    return [];
  }
  return [{
    code: 'IM1021',
    problem: `Namespace ${name} ${injects ? 'injects sidecars' : 'injects no sidecars'}, and ${known.injectionSource?.node.path ?? 'its MeshNamespace'} declares the opposite`,
    got: labels,
    next: 'give the Namespace the label for the `injection` of the construct, or set another `injection`',
  }];
}

/** Compares objects that no construct creates with the objects that constructs own. */
function compareAll(cluster: MeshCluster, { objects, foreign }: ClusterParts): string[] {
  const unknowns = [...foreign].filter(comparisonOf).map(manifest);
  if (unknowns.length === 0) {
    return [];
  }
  const ground = new Ground(cluster, objects.filter(object => !foreign.has(object)));
  const gateways = unknowns.filter(({ object }) => object.kind === 'Gateway' && object.apiGroup === 'networking.istio.io');
  return unknowns.flatMap(unknown => {
    const found = comparisonOf(unknown.object)!(unknown, ground);
    const through = unknown.object.kind === 'VirtualService' && found.length === 0 ? takenThroughGateway(unknown, ground, gateways) : [];
    return [...found, ...through].map(({ code, ...refusal }) => new MeshError(code, unknown.object, refusal).message);
  });
}

checkClusters((cluster, parts) => compareAll(cluster as MeshCluster, parts));
