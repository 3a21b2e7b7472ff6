import { Chart } from 'cdk8s';
import { Service, StatefulSet } from 'cdk8s-plus-28';
import { app, find, findAll, refusal, version } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { MeshNamespace, MeshPort, MeshService, MeshServiceProps, MutualTls, SidecarInjection, StatefulMeshService, StatefulMeshServiceProps } from 'cdk8s-istio';

const { PERMISSIVE, DISABLE, STRICT } = MutualTls;

function web(props: Partial<MeshServiceProps> = {}, mode?: MutualTls, injection?: SidecarInjection): Chart {
  const chart = new Chart(app(), 'chart');
  new MeshService(new MeshNamespace(chart, 'shop', { mutualTls: mode, injection }), 'web', { ports: [MeshPort.http(80, { targetPort: 8080 })], versions: { v1: version() }, ...props });
  return chart;
}
const peers = (chart: Chart, name = 'web') => find(valid(chart), 'PeerAuthentication', name).spec;
const policy = (chart: Chart) => find(valid(chart), 'DestinationRule', 'web').spec.trafficPolicy;

option('MeshServiceProps.mutualTls', 'is the mode of the pods, and callers follow', () => {
  expect(peers(web({ mutualTls: PERMISSIVE }))).toEqual({ selector: { matchLabels: { app: 'web' } }, mtls: { mode: 'PERMISSIVE' } });
  expect(policy(web({ mutualTls: PERMISSIVE }))).toBeUndefined();
  expect(policy(web({ mutualTls: STRICT }, PERMISSIVE))).toEqual({ tls: { mode: 'ISTIO_MUTUAL' } });
});

option('MeshPortOptions.mutualTls', 'is the mode of the target port, and callers of that port follow', () => {
  const ports = [MeshPort.http(80, { targetPort: 8080 }), MeshPort.tcp(9000, { targetPort: 9001, mutualTls: DISABLE })];
  expect(peers(web({ ports }))).toEqual({ selector: { matchLabels: { app: 'web' } }, portLevelMtls: { 9001: { mode: 'DISABLE' } } });
  expect(policy(web({ ports }))).toEqual({ tls: { mode: 'ISTIO_MUTUAL' }, portLevelSettings: [{ port: { number: 9000 }, tls: { mode: 'DISABLE' } }] });
  expect(policy(web({ ports }, PERMISSIVE))).toBeUndefined();
});

option('StatefulMeshServiceProps.mutualTls', 'is the mode of the pods, for both of their Services', () => {
  const chart = new Chart(app(), 'chart');
  const props: StatefulMeshServiceProps = {
    replicas: 1, ports: [MeshPort.tcp(1)], peerPorts: [MeshPort.tcp(2, { suffix: 'peer', mutualTls: STRICT })], containers: [{ image: 'example.com/db:1' }], mutualTls: PERMISSIVE,
  };
  new StatefulMeshService(new MeshNamespace(chart, 'shop'), 'db', props);
  expect(peers(chart, 'db')).toEqual({ selector: { matchLabels: { app: 'db' } }, mtls: { mode: 'PERMISSIVE' }, portLevelMtls: { 2: { mode: 'STRICT' } } });
  expect(findAll(valid(chart), 'DestinationRule')).toEqual([]);
});

option('StatefulWorkloadOptions.mutualTls', 'is the mode of the pods', () => {
  const chart = new Chart(app(), 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  const service = new Service(chart, 'svc', { metadata: shop.metadata('db-headless'), clusterIP: 'None', ports: [{ port: 1 }] });
  const workload = new StatefulSet(chart, 'sts', { metadata: shop.metadata('db'), service, containers: [{ image: 'example.com/db:1', portNumber: 1 }] });
  StatefulMeshService.fromWorkload(shop, 'db', { workload, ports: [MeshPort.tcp(1)], mutualTls: PERMISSIVE });
  expect(peers(chart, 'db').mtls).toEqual({ mode: 'PERMISSIVE' });
});

test('two modes for one port of the pods are refused', () => {
  const ports = [MeshPort.http(80, { targetPort: 8080, mutualTls: STRICT }), MeshPort.http(81, { suffix: 'old', targetPort: 8080 })];
  expect(refusal(() => web({ ports })).message).toBe([
    'IM1811 at chart/shop/web: ports http and http-old have one target port, 8080, but different modes.',
    '  got      ["STRICT","none"]',
    '  next     set the same mode for both',
  ].join('\n'));
});

test('a mode is refused where no pod takes mutual TLS', () => {
  expect(refusal(() => web({ mutualTls: STRICT }, undefined, SidecarInjection.disabled()))).toMatchObject({ code: 'IM1812', at: 'chart/shop/web' });
  expect(refusal(() => MeshPort.udp(53, { mutualTls: STRICT }))).toMatchObject({ code: 'IM1812', at: 'MeshPort.udp(53)' });
});
