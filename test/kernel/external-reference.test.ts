import { ApiObject, App, Chart, Cron } from 'cdk8s';
import { ConfigMap, EnvValue, PersistentVolumeClaim, Secret, ServiceAccount, Volume } from 'cdk8s-plus-28';
import {
  CertificateIssuer, GatewayServer, GatewayTls, GatewayWorkload, MeshCluster, MeshCronJob, MeshGateway, MeshNamespace, MeshPort, MeshService,
  MeshVersion,
} from 'cdk8s-istio';

function names(root: App): string[] {
  return MeshCluster.of(root).references.map(({ kind, namespace, name, usedBy }) => `${kind} ${namespace ?? '-'}/${name} by ${usedBy}`);
}

test('MeshCluster.references: lists what pods need: Secrets, ConfigMaps, claims, ServiceAccounts, classes, and what pulls their images', () => {
  const root = new App();
  const chart = new Chart(root, 'shop');
  const ns = new MeshNamespace(chart, 'shop');
  new MeshService(ns, 'cart', {
    ports: [MeshPort.http(8080)],
    versions: {
      v1: MeshVersion.of({
        containers: [{
          image: 'example.com/cart:1',
          envVariables: { KEY: EnvValue.fromSecretValue({ secret: Secret.fromSecretName(chart, 'env', 'env-secret'), key: 'k' }) },
          volumeMounts: [
            { path: '/tls', volume: Volume.fromSecret(chart, 'tls', Secret.fromSecretName(chart, 'tls-secret', 'tls-secret')) },
            { path: '/maybe', volume: Volume.fromSecret(chart, 'maybe', Secret.fromSecretName(chart, 'maybe-secret', 'maybe-secret'), { optional: true }) },
            { path: '/config', volume: Volume.fromConfigMap(chart, 'config', ConfigMap.fromConfigMapName(chart, 'map', 'settings')) },
            { path: '/data', volume: Volume.fromPersistentVolumeClaim(chart, 'data', PersistentVolumeClaim.fromClaimName(chart, 'claim', 'data')) },
          ],
        }],
        dockerRegistryAuth: Secret.fromSecretName(chart, 'registry', 'registry'),
        serviceAccount: ServiceAccount.fromServiceAccountName(chart, 'account', 'robot'),
      }),
    },
  });
  const expected = [
    'ConfigMap shop/settings', 'PersistentVolumeClaim shop/data', 'Secret shop/env-secret', 'Secret shop/registry', 'Secret shop/tls-secret',
    'ServiceAccount shop/robot',
  ];
  expect(names(root)).toEqual(expected.map(each => `${each} by shop/shop/cart/v1/Deployment`));
  new ApiObject(chart, 'made', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'env-secret', namespace: 'shop' } });
  new ApiObject(chart, 'external', { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: 'registry', namespace: 'shop' }, spec: {} });
  expect(names(root)).toEqual(expected.filter(each => !/env-secret|registry/.test(each)).map(each => `${each} by shop/shop/cart/v1/Deployment`));
});

test('jobs likewise, and the namespace of objects that no object makes, once a chart', () => {
  const root = new App();
  const chart = new Chart(root, 'chart', { namespace: 'batch' });
  new MeshCronJob(chart, 'report', {
    schedule: Cron.schedule({ minute: '0', hour: '3' }),
    containers: [{ image: 'example.com/report:1', envVariables: { X: EnvValue.fromConfigMap(ConfigMap.fromConfigMapName(chart, 'map', 'report'), 'x') } }],
  });
  expect(names(root)).toEqual(['ConfigMap batch/report by chart/report/Job', 'Namespace -/batch by chart']);
});

test('a gateway: the Service of pods that are there, Secrets and issuers', () => {
  const root = new App();
  const ns = new MeshNamespace(new Chart(root, 'shop'), 'shop');
  new MeshGateway(ns, 'edge', {
    workload: GatewayWorkload.ingress(), servers: [GatewayServer.https({ hosts: ['a.example.com'], tls: GatewayTls.simple('cert') })],
  });
  new MeshGateway(ns, 'own', {
    workload: GatewayWorkload.dedicated(),
    servers: [GatewayServer.https({ hosts: ['b.example.com'], tls: GatewayTls.simple('issued', { certificate: { issuer: CertificateIssuer.clusterIssuer('letsencrypt') } }) })],
  });
  expect(names(root).filter(name => name.includes('shop/shop/edge'))).toEqual([
    'Secret istio-system/cert by shop/shop/edge', 'Service istio-system/istio-ingressgateway by shop/shop/edge',
  ]);
  expect(names(root).filter(name => name.startsWith('Service'))).toHaveLength(1);
});
