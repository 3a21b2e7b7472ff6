import { Chart } from 'cdk8s';
import { app, chart, find, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayTls, GatewayWorkload, IstioRelease, KubernetesRelease, MeshCluster, MeshClusterProps, MeshGateway,
  MeshNamespace, MeshPort, MeshService, MutualTls, SplitRule, SplitTarget,
} from 'cdk8s-istio';

const cluster = (props?: MeshClusterProps) => new MeshCluster(app(), 'west', props);

option('MeshCluster.constructor', 'a full chart of a cluster', () => {
  const root = app();
  const west = new MeshCluster(root, 'west', { istio: IstioRelease.V1_30, clusterDomain: 'west.example', rootNamespace: 'mesh-root' });
  const within = new Chart(west, 'bookinfo');
  new MeshNamespace(within, 'mesh-root');
  const namespace = new MeshNamespace(within, 'bookinfo', { mutualTls: MutualTls.PERMISSIVE });
  const ratings = MeshService.fromAttributes(namespace, 'ratings', { ports: [MeshPort.http(80)], versions: { v1: {}, v2: {} } });
  const reviews = MeshService.fromAttributes(namespace, 'reviews', { ports: [MeshPort.http(80)] });
  const rules = [SplitRule.when(CallMatch.from(reviews)).to('v2')];
  new CanarySplit(namespace, 'split', { service: ratings, rules, traffic: SplitTarget.version('v1') });
  new MeshGateway(namespace, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] })
    .addHttpRoute('example.com', { to: ratings });
  expect(valid(within)).toMatchSnapshot();
});

option('MeshCluster.of', 'is the cluster around a construct, or the one of the App', () => {
  const root = app();
  const west = new MeshCluster(root, 'west');
  const [inside, outside] = [new Chart(west, 'inside'), new Chart(root, 'outside')];
  expect(MeshCluster.of(inside)).toBe(west);
  expect(MeshCluster.of(outside)).not.toBe(west);
  expect(MeshCluster.of(outside)).toBe(MeshCluster.of(root));
});

option('MeshClusterProps.istio', 'is the release of Istio, by default the newest', () => {
  expect(cluster({ istio: IstioRelease.V1_24 }).istio).toBe(IstioRelease.V1_24);
  expect(cluster().istio).toBe(IstioRelease.V1_31);
});

option('MeshClusterProps.kubernetes', 'is the release of Kubernetes, by default the newest', () => {
  expect(cluster({ kubernetes: KubernetesRelease.V1_30 }).kubernetes).toBe(KubernetesRelease.V1_30);
  expect(cluster().kubernetes).toBe(KubernetesRelease.V1_34);
});

option('MeshClusterProps.clusterDomain', 'is the end of every host', () => {
  const within = new Chart(cluster({ clusterDomain: 'west.example' }), 'chart', { namespace: 'shop' });
  expect(service(within).host).toBe('reviews.shop.svc.west.example');
  expect(find(valid(within), 'DestinationRule', 'reviews').spec.host).toBe('reviews.shop.svc.west.example');
});

option('MeshClusterProps.trustDomain', 'is the root of identities', () => {
  expect(cluster({ trustDomain: 'example.com' }).trustDomain).toBe('example.com');
  expect(cluster().trustDomain).toBe('cluster.local');
});

option('MeshClusterProps.rootNamespace', 'is the namespace whose mode would be that of the mesh', () => {
  const within = new Chart(cluster({ rootNamespace: 'mesh-root' }), 'chart');
  expect(refusal(() => new MeshNamespace(within, 'mesh-root', { mutualTls: MutualTls.STRICT })).code).toBe('IM1009');
  expect(new MeshNamespace(within, 'istio-system').mutualTls).toBe(MutualTls.STRICT);
});

/** What a chart refers to, of each kind that there is. */
function references() {
  const root = chart();
  MeshNamespace.fromExisting(new Chart(root, 'inner'), 'existing');
  MeshService.fromAttributes(root, 'kiali', { ports: [MeshPort.http(80)] });
  MeshGateway.fromAttributes(root, 'shared', { namespace: 'istio-system' });
  const server = GatewayServer.https({ hosts: ['example.com'], tls: GatewayTls.simple('cert') });
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [server] });
  return MeshCluster.of(root).references;
}

option('ExternalReference.kind', 'is the kind, in order', () => {
  expect(references().map(({ kind }) => kind)).toEqual(['Gateway', 'Namespace', 'Namespace', 'Secret', 'Service', 'Service']);
});
option('ExternalReference.namespace', 'is the namespace, and missing where there is none', () => {
  expect(references().map(reference => 'namespace' in reference ? reference.namespace : 'none'))
    .toEqual(['istio-system', 'none', 'none', 'istio-system', 'istio-system', 'shop']);
});
option('ExternalReference.name', 'is the name', () => {
  expect(references().map(({ name }) => name)).toEqual(['shared', 'existing', 'shop', 'cert', 'istio-ingressgateway', 'kiali']);
});
option('ExternalReference.usedBy', 'is the path of the construct that refers to it', () => {
  expect(references().map(({ usedBy }) => usedBy)).toEqual([
    'chart/shared', 'chart/inner/existing', 'chart', 'chart/edge', 'chart/edge', 'chart/kiali',
  ]);
});

const istio = (release: IstioRelease) => cluster({ istio: release }).istio.version;
option('IstioRelease.V1_22', 'is 1.22', () => expect(istio(IstioRelease.V1_22)).toBe('1.22'));
option('IstioRelease.V1_23', 'is 1.23', () => expect(istio(IstioRelease.V1_23)).toBe('1.23'));
option('IstioRelease.V1_24', 'is 1.24', () => expect(istio(IstioRelease.V1_24)).toBe('1.24'));
option('IstioRelease.V1_25', 'is 1.25', () => expect(istio(IstioRelease.V1_25)).toBe('1.25'));
option('IstioRelease.V1_26', 'is 1.26', () => expect(istio(IstioRelease.V1_26)).toBe('1.26'));
option('IstioRelease.V1_27', 'is 1.27', () => expect(istio(IstioRelease.V1_27)).toBe('1.27'));
option('IstioRelease.V1_28', 'is 1.28', () => expect(istio(IstioRelease.V1_28)).toBe('1.28'));
option('IstioRelease.V1_29', 'is 1.29', () => expect(istio(IstioRelease.V1_29)).toBe('1.29'));
option('IstioRelease.V1_30', 'is 1.30', () => expect(istio(IstioRelease.V1_30)).toBe('1.30'));
option('IstioRelease.V1_31', 'is 1.31', () => expect(istio(IstioRelease.V1_31)).toBe('1.31'));
option('IstioRelease.atLeast', 'compares numbers, its own included', () => {
  expect([IstioRelease.V1_22, IstioRelease.V1_27, IstioRelease.V1_31].map(release => release.atLeast(IstioRelease.V1_27)))
    .toEqual([false, true, true]);
  expect(refusal(() => IstioRelease.V1_22.atLeast(KubernetesRelease.V1_28 as never)).code).toBe('IM0001');
});

const kubernetes = (release: KubernetesRelease) => cluster({ kubernetes: release }).kubernetes.version;
option('KubernetesRelease.V1_28', 'is 1.28', () => expect(kubernetes(KubernetesRelease.V1_28)).toBe('1.28'));
option('KubernetesRelease.V1_29', 'is 1.29', () => expect(kubernetes(KubernetesRelease.V1_29)).toBe('1.29'));
option('KubernetesRelease.V1_30', 'is 1.30', () => expect(kubernetes(KubernetesRelease.V1_30)).toBe('1.30'));
option('KubernetesRelease.V1_31', 'is 1.31', () => expect(kubernetes(KubernetesRelease.V1_31)).toBe('1.31'));
option('KubernetesRelease.V1_32', 'is 1.32', () => expect(kubernetes(KubernetesRelease.V1_32)).toBe('1.32'));
option('KubernetesRelease.V1_33', 'is 1.33', () => expect(kubernetes(KubernetesRelease.V1_33)).toBe('1.33'));
option('KubernetesRelease.V1_34', 'is 1.34', () => expect(kubernetes(KubernetesRelease.V1_34)).toBe('1.34'));
option('KubernetesRelease.atLeast', 'compares numbers, its own included', () => {
  expect([KubernetesRelease.V1_28, KubernetesRelease.V1_31, KubernetesRelease.V1_34].map(release => release.atLeast(KubernetesRelease.V1_31)))
    .toEqual([false, true, true]);
});
