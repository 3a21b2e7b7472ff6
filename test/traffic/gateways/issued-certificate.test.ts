import { Chart, Duration } from 'cdk8s';
import { app, chart, find, findAll, messages, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CertificateIssuer, CertificateKey, CertificateUsage, GatewayServer, GatewayTls, GatewayWorkload, IssuedCertificate, KeyRotation, MeshCluster,
  MeshGateway, MeshNamespace, RouteTarget, SimpleTlsOptions,
} from 'cdk8s-istio';

const workload = GatewayWorkload.ingress({ namespace: 'edge-pods' });
const issuer = CertificateIssuer.clusterIssuer('letsencrypt');
const issued = (certificate: Partial<IssuedCertificate> = {}) => GatewayTls.simple('edge-cert', { certificate: { issuer, ...certificate } });
const gateway = (root: Chart, id: string, ...servers: GatewayServer[]) => new MeshGateway(root, id, { workload, servers });

/** The Certificate of these terms. */
function spec(certificate: Partial<IssuedCertificate> = {}, options: SimpleTlsOptions = {}): unknown {
  const root = chart();
  const tls = GatewayTls.simple('edge-cert', { ...options, certificate: { issuer, ...certificate } });
  gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['b.example.com', 'a.example.com'], tls }));
  return find(valid(root), 'Certificate', 'edge-cert', 'edge-pods').spec;
}

const plain = { secretName: 'edge-cert', dnsNames: ['a.example.com', 'b.example.com'], issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' } };

option('SimpleTlsOptions.certificate', 'is a Certificate in the namespace of the pods, for the hosts of the servers', () => {
  const root = new Chart(app(), 'chart');
  const edge = gateway(new MeshNamespace(root, 'edge') as never, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com', 'example.com'], tls: issued() }));
  edge.addHttpRoute('shop.example.com', { to: RouteTarget.directResponse(200) });
  expect(valid(root)).toMatchSnapshot();
  expect(MeshCluster.of(root).references).toEqual([
    { kind: 'ClusterIssuer', name: 'letsencrypt', usedBy: 'chart/edge/edge' },
    { kind: 'Service', namespace: 'edge-pods', name: 'istio-ingressgateway', usedBy: 'chart/edge/edge' },
  ]);
});
option('MutualTlsOptions.certificate', 'is a Certificate for a server that asks for one', () => {
  const root = chart();
  gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls: GatewayTls.mutual('edge-cert', { certificate: { issuer } }) }));
  expect(find(valid(root), 'Certificate', 'edge-cert').spec).toEqual({ ...plain, dnsNames: ['a.example.com'] });
});
option('IssuedCertificate.issuer', 'signs it', () => expect(spec()).toEqual(plain));
option('CertificateIssuer.clusterIssuer', 'is one of the cluster', () => {
  expect(spec({ issuer: CertificateIssuer.clusterIssuer('ca') })).toEqual({ ...plain, issuerRef: { kind: 'ClusterIssuer', name: 'ca' } });
});
option('CertificateIssuer.issuer', 'is one of the namespace of the pods', () => {
  const root = chart();
  gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls: issued({ issuer: CertificateIssuer.issuer('ca') }) }));
  expect(find(valid(root), 'Certificate', 'edge-cert').spec.issuerRef).toEqual({ kind: 'Issuer', name: 'ca' });
  expect(MeshCluster.of(root).references).toEqual([
    { kind: 'Issuer', namespace: 'edge-pods', name: 'ca', usedBy: 'chart/edge' },
    { kind: 'Namespace', name: 'shop', usedBy: 'chart' },
    { kind: 'Service', namespace: 'edge-pods', name: 'istio-ingressgateway', usedBy: 'chart/edge' },
  ]);
});
option('CertificateIssuer.external', 'is of another group', () => {
  const external = { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'pca' };
  expect(spec({ issuer: CertificateIssuer.external(external) })).toEqual({ ...plain, issuerRef: external });
});
const external = (given: object) => spec({ issuer: CertificateIssuer.external({ group: 'g.example.com', kind: 'GIssuer', name: 'g', ...given }) });
option('ExternalIssuer.group', 'is that of its kind', () => expect(external({ group: 'h.example.com' })).toMatchObject({ issuerRef: { group: 'h.example.com' } }));
option('ExternalIssuer.kind', 'is its kind', () => expect(external({ kind: 'HIssuer' })).toMatchObject({ issuerRef: { kind: 'HIssuer' } }));
option('ExternalIssuer.name', 'is its name', () => expect(external({ name: 'h' })).toMatchObject({ issuerRef: { name: 'h' } }));
option('IssuedCertificate.duration', 'is how long it is good for, in hours or minutes', () => {
  expect(spec({ duration: Duration.days(90) })).toEqual({ ...plain, duration: '2160h' });
  expect(spec({ duration: Duration.minutes(90) })).toEqual({ ...plain, duration: '90m' });
});
option('IssuedCertificate.renewBefore', 'is how long before its end it is renewed', () => {
  expect(spec({ renewBefore: Duration.days(15) })).toEqual({ ...plain, renewBefore: '360h' });
});
option('IssuedCertificate.privateKey', 'is the key that is made', () => {
  expect(spec({ privateKey: CertificateKey.ecdsa(384) })).toEqual({ ...plain, privateKey: { algorithm: 'ECDSA', size: 384 } });
});
option('CertificateKey.rsa', 'is a key for RSA', () => {
  expect(spec({ privateKey: CertificateKey.rsa(4096) })).toEqual({ ...plain, privateKey: { algorithm: 'RSA', size: 4096 } });
});
option('CertificateKey.ecdsa', 'is a key on a curve', () => {
  expect(spec({ privateKey: CertificateKey.ecdsa(256) })).toEqual({ ...plain, privateKey: { algorithm: 'ECDSA', size: 256 } });
});
const rotating = (rotationPolicy?: KeyRotation) => spec({ privateKey: CertificateKey.ecdsa(256, { rotationPolicy }) });
option('CertificateKeyOptions.rotationPolicy', 'says whether a new certificate has a new key', () => {
  expect(rotating(KeyRotation.NEVER)).toEqual({ ...plain, privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' } });
});
option('KeyRotation.ALWAYS', 'is Always', () => expect(rotating(KeyRotation.ALWAYS)).toMatchObject({ privateKey: { rotationPolicy: 'Always' } }));
option('KeyRotation.NEVER', 'is Never', () => expect(rotating(KeyRotation.NEVER)).toMatchObject({ privateKey: { rotationPolicy: 'Never' } }));
option('IssuedCertificate.usages', 'are what it may be used for, each once', () => {
  expect(spec({ usages: [CertificateUsage.SERVER_AUTH, CertificateUsage.DIGITAL_SIGNATURE, CertificateUsage.SERVER_AUTH] }))
    .toEqual({ ...plain, usages: ['server auth', 'digital signature'] });
});
const used = (one: CertificateUsage) => (spec({ usages: [one] }) as { usages: string[] }).usages;
option('CertificateUsage.DIGITAL_SIGNATURE', 'is digital signature', () => expect(used(CertificateUsage.DIGITAL_SIGNATURE)).toEqual(['digital signature']));
option('CertificateUsage.KEY_ENCIPHERMENT', 'is key encipherment', () => expect(used(CertificateUsage.KEY_ENCIPHERMENT)).toEqual(['key encipherment']));
option('CertificateUsage.SERVER_AUTH', 'is server auth', () => expect(used(CertificateUsage.SERVER_AUTH)).toEqual(['server auth']));
option('CertificateUsage.CLIENT_AUTH', 'is client auth', () => expect(used(CertificateUsage.CLIENT_AUTH)).toEqual(['client auth']));
option('IssuedCertificate.commonName', 'is its common name', () => expect(spec({ commonName: 'a.example.com' })).toEqual({ ...plain, commonName: 'a.example.com' }));
option('IssuedCertificate.secretLabels', 'are those of the Secret', () => {
  expect(spec({ secretLabels: { tier: 'edge' } })).toEqual({ ...plain, secretTemplate: { labels: { tier: 'edge' } } });
});
option('IssuedCertificate.secretAnnotations', 'are those of the Secret', () => {
  expect(spec({ secretAnnotations: { 'example.com/copy': 'yes, please' } })).toEqual({ ...plain, secretTemplate: { annotations: { 'example.com/copy': 'yes, please' } } });
});
option('IssuedCertificate.revisionHistoryLimit', 'is how many requests are kept', () => {
  expect(spec({ revisionHistoryLimit: 3 })).toEqual({ ...plain, revisionHistoryLimit: 3 });
});

test('names that are set are those of the certificate', () => {
  expect(spec({}, { dnsNames: ['*.example.com', 'example.com'] })).toEqual({ ...plain, dnsNames: ['*.example.com', 'example.com'] });
});

describe('one certificate of several servers', () => {
  const hosts = (...names: string[]) => ({ routedElsewhere: true, hosts: names, tls: issued() });
  const https = (name: string) => GatewayServer.https(hosts(name));
  const db = (name: string, tls = issued()) => GatewayServer.tls({ routedElsewhere: true, hosts: [name], tls, port: 5433 });

  test.each([['as they are', false], ['the other way round', true]])('is listed once, with all their hosts, %s', (_, reversed) => {
    const root = chart();
    const servers = [https('a.example.com'), db('db.example.com')];
    gateway(root, 'edge', ...reversed ? servers.reverse() : servers);
    expect(findAll(valid(root), 'Certificate').map(({ spec: written }) => written.dnsNames)).toEqual([['a.example.com', 'db.example.com']]);
  });

  test('is for those as well that do not say how it is issued', () => {
    for (const reversed of [false, true]) {
      const root = chart();
      const servers = [https('a.example.com'), db('db.example.com', GatewayTls.simple('edge-cert'))];
      gateway(root, 'edge', ...reversed ? servers.reverse() : servers);
      expect(findAll(valid(root), 'Certificate').map(({ spec: written }) => written.dnsNames)).toEqual([['a.example.com', 'db.example.com']]);
      expect(MeshCluster.of(root).references.map(({ kind }) => kind)).toEqual(['ClusterIssuer', 'Namespace', 'Service']);
    }
  });

  test('is one of each namespace', () => {
    const root = chart();
    gateway(root, 'edge', https('a.example.com'));
    new MeshGateway(root, 'other', { workload: GatewayWorkload.egress({ namespace: 'out' }), servers: [https('b.example.com')] });
    expect(findAll(valid(root), 'Certificate').map(({ metadata, spec: { dnsNames } }) => [metadata.namespace, dnsNames]))
      .toEqual([['edge-pods', ['a.example.com']], ['out', ['b.example.com']]]);
  });

  test('is refused on two terms', () => {
    const root = chart();
    gateway(root, 'edge', https('a.example.com'));
    expect(refusal(() => gateway(root, 'other', db('db.example.com', issued({ commonName: 'x' })))).message).toBe([
      'IM1358 at chart/other: the certificate edge-cert has other terms in chart/edge.',
      '  got      {"issuerRef":{"name":"letsencrypt","kind":"ClusterIssuer"},"commonName":"x"}',
      '  allowed  {"issuerRef":{"name":"letsencrypt","kind":"ClusterIssuer"}}',
      '  next     use the same description in both places, or give each server its own Secret',
    ].join('\n'));
  });

  test('is refused with two lists of names, and taken with one in another order', () => {
    const root = chart();
    const named = (...dnsNames: string[]) => GatewayTls.simple('edge-cert', { dnsNames });
    gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls: named('a.example.com', 'db.example.com') }));
    expect(refusal(() => gateway(root, 'two', db('db.example.com', named('db.example.com')))).code).toBe('IM1358');
    gateway(root, 'three', db('db.example.com', named('db.example.com', 'a.example.com')));
  });
});

describe('refused', () => {
  test('a certificate for any host', () => {
    expect(refusal(() => gateway(chart(), 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['*', 'a.example.com'], tls: issued() }))).message).toBe([
      'IM1351 at chart/edge: the certificate edge-cert is not valid for *.',
      '  got      \'*\'',
      '  allowed  a.example.com',
      '  next     add the host to the names of the certificate, or serve it with another certificate',
    ].join('\n'));
    expect(refusal(() => gateway(chart(), 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['*'], tls: issued() }))).message)
      .toContain('  allowed  hosts of a certificate: `*` alone is not one');
  });

  test('a certificate for less than an hour', () => {
    expect(refusal(() => issued({ duration: Duration.minutes(59) })).message).toBe([
      'IM1357 at GatewayTls.simple(): the lifetime of the certificate is less than one hour.',
      '  got      \'59m\'',
      '  allowed  1h or more',
      '  next     correct the certificate',
    ].join('\n'));
  });

  test.each<[string, () => unknown, string]>([
    ['renewal as soon as it is issued', () => issued({ duration: Duration.hours(2), renewBefore: Duration.hours(2) }), 'IM1357'],
    ['renewal before the usual duration', () => issued({ renewBefore: Duration.days(90) }), 'IM1357'],
    ['renewal in the last minute', () => issued({ renewBefore: Duration.minutes(4) }), 'IM1357'],
    ['parts of a minute', () => issued({ duration: Duration.seconds(3601) }), 'IM1357'],
    ['a duration that is a number', () => issued({ duration: 90 } as never), 'IM0001'],
    ['no requests kept', () => issued({ revisionHistoryLimit: 0 }), 'IM1357'],
    ['a common name that is too long', () => issued({ commonName: 'a'.repeat(65) }), 'IM1357'],
    ['an empty common name', () => issued({ commonName: '' }), 'IM1357'],
    ['no usage', () => issued({ usages: [] }), 'IM1357'],
    ['metadata of cert-manager', () => issued({ secretAnnotations: { 'cert-manager.io/certificate-name': 'x' } }), 'IM1357'],
    ['an invalid label', () => issued({ secretLabels: { a: 'b c' } }), 'IM0107'],
    ['an invalid annotation', () => issued({ secretAnnotations: { 'a b': 'c' } }), 'IM0110'],
    ['a key of 1024 bits', () => CertificateKey.rsa(1024), 'IM1357'],
    ['a curve that Envoy does not know', () => CertificateKey.ecdsa(224), 'IM1357'],
    ['an issuer in another namespace', () => CertificateIssuer.issuer('pki/ca'), 'IM1357'],
    ['an issuer of no group', () => CertificateIssuer.external({ group: '', kind: 'X', name: 'x' }), 'IM1357'],
    ['an issuer by its name', () => GatewayTls.simple('edge-cert', { certificate: { issuer: 'letsencrypt' } } as never), 'IM0001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });
});

test('a common name that is not one of the names is refused when all servers are known', () => {
  const root = chart();
  const tls = GatewayTls.simple('edge-cert', { certificate: { issuer, commonName: 'b.example.com' } });
  const edge = gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls }));
  expect(messages(root)).toEqual([[
    'IM1357 at chart/edge: the common name of the certificate edge-cert is not among its DNS names.',
    '  got      \'b.example.com\'',
    '  allowed  a.example.com',
    '  next     correct the certificate',
  ].join('\n')]);
  edge.addServer(GatewayServer.https({ routedElsewhere: true, hosts: ['b.example.com'], tls, port: 8443 }));
  expect(messages(root)).toEqual([]);
});

test('a number of requests that is too large for the API server', () => {
  expect(refusal(() => issued({ revisionHistoryLimit: 2 ** 31 }))).toMatchObject({ code: 'IM1357' });
});
