import { validateIstioObject } from './istio-schema';

const virtualService = (spec: object, metadata: object = { name: 'reviews', namespace: 'bookinfo' }) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata,
  spec,
});

test('a good object passes', () => {
  expect(validateIstioObject(virtualService({
    hosts: ['reviews'],
    http: [{
      match: [{ uri: { prefix: '/reviews' }, sourceLabels: { app: 'productpage' } }],
      route: [{ destination: { host: 'reviews', subset: 'v1', port: { number: 9080 } }, weight: 100 }],
      timeout: '0.5s',
    }],
  }))).toEqual([]);
});

test('free-form fields stay free', () => {
  expect(validateIstioObject({
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    metadata: { name: 'filter', labels: { app: 'filter' } },
    spec: { url: 'oci://example.com/filter', pluginConfig: { anything: ['goes', { here: 1 }] } },
  })).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ['an unknown field', virtualService({ hosts: ['reviews'], htttp: [] }), /^spec must NOT have additional properties: htttp$/],
  ['an unknown field deep inside', virtualService({ http: [{ route: [{ destination: { host: 'a', versoin: 'v1' } }] }] }),
    /^spec\.http\[0\]\.route\[0\]\.destination must NOT have additional properties: versoin$/],
  ['an unknown field of the object itself', { ...virtualService({}), speck: {} }, /must NOT have additional properties: speck$/],
  ['a wrong type', virtualService({ hosts: 'reviews' }), /^spec\.hosts must be array$/],
  ['a wrong enum value', {
    apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default' }, spec: { mtls: { mode: 'STRICKT' } },
  }, /^spec\.mtls\.mode must be equal to one of the allowed values: .*STRICT/],
  ['a missing required field', virtualService({ http: [{ route: [{ destination: {} }] }] }), /destination must have required property 'host'/],
  ['two branches of a oneOf', virtualService({ http: [{ match: [{ uri: { prefix: '/', exact: '/' } }] }] }), /uri must match exactly one schema in oneOf/],
  ['a number out of range', virtualService({ http: [{ route: [{ destination: { host: 'a', port: { number: -1 } } }] }] }), /port\.number must be >= 0/],
  ['no name', virtualService({}, {}), /metadata must have required property 'name'/],
  ['a label that is no string', virtualService({}, { name: 'a', labels: { app: 1 } }), /metadata\.labels\.app must be string/],
  ['an unknown version', { ...virtualService({}), apiVersion: 'networking.istio.io/v1alpha3' }, /v1alpha3\/VirtualService is none of/],
  ['an unknown kind', { ...virtualService({}), kind: 'VirtualServce' }, /v1\/VirtualServce is none of/],
  ['nothing at all', undefined as unknown as object, /undefined\/undefined is none of/],
])('%s is an error', (_, obj, message) => {
  expect(validateIstioObject(obj).join('\n')).toMatch(message);
});
