import { knownMesh } from '../../src/kernel/known-mesh';
import { app, chart } from '../helpers/build';
import { AccessLog, MeshCluster, MeshSettings, MeshSettingsProps, OutboundTrafficPolicy } from 'cdk8s-istio';

/** What is known of the mesh of a construct, once settings are made. */
function known(props?: MeshSettingsProps) {
  const root = chart();
  if (props) {
    new MeshSettings(root, 'settings', props);
  }
  return knownMesh(root);
}

test('of a mesh without settings nothing is known', () => expect(known()).toEqual({}));

/** What settings say of fields of the mesh config that have no property. */
const further = { authorizers: [], knowsGatewayTopology: false };

test('of a mesh with settings all is known', () => {
  expect(known({})).toEqual({
    outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY, dnsCapture: false, accessLog: false, autoMtls: true, ...further,
  });
  expect(known({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, dnsCapture: true, accessLog: AccessLog.text(), autoMtls: false }))
    .toEqual({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, dnsCapture: true, accessLog: true, autoMtls: false, ...further });
  expect(known({ accessLog: AccessLog.none() }).accessLog).toBe(false);
});

test('a field of the mesh config stands for the property that says the same; where it says something else, nothing is known', () => {
  expect(known({ meshConfig: { outboundTrafficPolicy: { mode: 'ALLOW_ANY_DYNAMIC_DNS' }, accessLogFile: '/log', defaultConfig: {}, enableAutoMtls: false } }))
    .toEqual({ autoMtls: false, ...further });
});

test('fields of the mesh config that have no property are known', () => {
  const facts = known({
    meshConfig: {
      defaultServiceExportTo: ['.'],
      defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } },
      extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.shop.svc.cluster.local', port: 9191 } }],
    },
  });
  expect(facts).toMatchObject({ exported: { defaultServiceExportTo: ['.'] }, knowsGatewayTopology: true, authorizers: ['opa'] });
});

test('each cluster has its own', () => {
  const root = app();
  const [one, other] = ['one', 'other'].map(id => new MeshCluster(root, id));
  new MeshSettings(one, 'settings', { dnsCapture: true });
  expect([knownMesh(one).dnsCapture, knownMesh(other).dnsCapture]).toEqual([true, undefined]);
});
