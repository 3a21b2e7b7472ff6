import { chart, KubeObject } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import {
  EgressCallers, EgressPort, EgressRoute, EgressRouteProps, MeshNamespace, MeshPort, PodRegistry, StatefulMeshService, WildcardResolution,
} from 'cdk8s-istio';

/** A route of the namespace `team` to a host outside. */
function entry(props: Partial<EgressRouteProps> = {}): KubeObject[] {
  const root = chart();
  new EgressRoute(new MeshNamespace(root, 'team'), 'route', { host: 'example.org', ports: [EgressPort.http(80)], inDns: true, ...props });
  return valid(root);
}

field('ServiceEntry.hosts[]', 'EgressRouteProps.host', 'example.org', () => entry());
field('ServiceEntry.location', 'EgressRoute.constructor', 'MESH_EXTERNAL', () => entry());
field('ServiceEntry.ports[].number', 'EgressRouteProps.ports', 80, () => entry());
field('ServiceEntry.ports[].name', 'EgressRouteProps.ports', 'http-80', () => entry());
field('ServiceEntry.ports[].protocol', 'EgressPort.tcp', 'TCP', () => entry({ ports: [EgressPort.tcp(5432)], addresses: ['192.0.2.7'] }));
field('ServiceEntry.ports[].targetPort', 'EgressPortOptions.targetPort', 8080, () => entry({ ports: [EgressPort.http(80, { targetPort: 8080 })], endpoints: ['192.0.2.7'] }));
field('ServiceEntry.addresses[]', 'EgressRouteProps.addresses', '192.0.2.7', () => entry({ addresses: ['192.0.2.7'] }));
field('ServiceEntry.endpoints[].address', 'EgressRouteProps.endpoints', 'a.example.org', () => entry({ endpoints: ['a.example.org'] }));
field('ServiceEntry.endpoints[].locality', 'EgressRouteProps.localities', 'eu/a', () => entry({ localities: { 'eu/a': ['a.example.org'] } }));
field('ServiceEntry.resolution', 'EgressRouteProps.endpoints', 'STATIC', () => entry({ endpoints: ['192.0.2.7'] }));
field('ServiceEntry.resolution', 'EgressRouteProps.wildcardResolution', 'DYNAMIC_DNS', () => entry({
  host: '*.example.org', ports: [EgressPort.tls(443)], wildcardResolution: WildcardResolution.DYNAMIC_DNS,
}));
field('ServiceEntry.exportTo[]', 'EgressRouteProps.callers', 'other', () => entry({ callers: EgressCallers.namespaces(['team', 'other']) }));

/** A stateful service with an entry for each pod. */
const pods = () => {
  const root = chart();
  new StatefulMeshService(root, 'store', {
    replicas: 1, ports: [MeshPort.http(8080)], containers: [{ image: 'example.com/store:1' }], registry: PodRegistry.serviceEntries(),
  });
  return valid(root);
};
field('ServiceEntry.location', 'PodRegistry.serviceEntries', 'MESH_INTERNAL', pods);
field('ServiceEntry.endpoints[].serviceAccount', 'PodRegistry.serviceEntries', 'store', pods);
