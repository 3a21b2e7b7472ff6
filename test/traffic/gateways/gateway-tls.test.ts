import { Chart } from 'cdk8s';
import { app, chart, find, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CipherSuite, ClientAuthority, GatewayServer, GatewayTls, GatewayWorkload, IstioRelease, MeshCluster, MeshGateway, MutualTlsOptions,
  SimpleTlsOptions, TlsVersion,
} from 'cdk8s-istio';

const workload = GatewayWorkload.ingress({ namespace: 'edge-pods' });

function served(tls: GatewayTls): Chart {
  const root = chart();
  new MeshGateway(root, 'edge', { workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls })] });
  return root;
}

/** How TLS ends at a server, as it is written. */
function settings(tls: GatewayTls): unknown {
  return find(valid(served(tls)), 'Gateway', 'edge').spec.servers[0].tls;
}

/** The objects that a server needs and other tools make. */
function references(tls: GatewayTls): string[] {
  return MeshCluster.of(served(tls)).references
    .filter(({ kind }) => kind !== 'Namespace' && kind !== 'Service').map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
}

const simple = (options: SimpleTlsOptions) => settings(GatewayTls.simple('cert', options));
const mutual = (options: MutualTlsOptions) => settings(GatewayTls.mutual('cert', options));
const SIMPLE = { mode: 'SIMPLE', credentialName: 'cert' };
const MUTUAL = { mode: 'MUTUAL', credentialName: 'cert' };

option('SimpleTlsOptions.minProtocolVersion', 'is the oldest version that the gateway accepts', () => {
  expect(simple({ minProtocolVersion: TlsVersion.V1_3 })).toEqual({ ...SIMPLE, minProtocolVersion: 'TLSV1_3' });
});
option('SimpleTlsOptions.maxProtocolVersion', 'is the newest version that the gateway accepts', () => {
  expect(simple({ maxProtocolVersion: TlsVersion.V1_2 })).toEqual({ ...SIMPLE, maxProtocolVersion: 'TLSV1_2' });
});
option('SimpleTlsOptions.cipherSuites', 'are those that are agreed to, in order', () => {
  expect(simple({ cipherSuites: [CipherSuite.ECDHE_RSA_CHACHA20_POLY1305, CipherSuite.AES256_SHA] }))
    .toEqual({ ...SIMPLE, cipherSuites: ['ECDHE-RSA-CHACHA20-POLY1305', 'AES256-SHA'] });
});
option('SimpleTlsOptions.dnsNames', 'are not written, but compared with the hosts', () => {
  expect(simple({ dnsNames: ['*.example.com'] })).toEqual(SIMPLE);
  expect(refusal(() => simple({ dnsNames: ['example.com', 'b.example.com'] })).message).toBe([
    'IM1351 at chart/edge: the certificate cert is not valid for a.example.com.',
    '  got      \'a.example.com\'',
    '  allowed  b.example.com, example.com',
    '  next     add the host to the names of the certificate, or serve it with another certificate',
  ].join('\n'));
});
option('SimpleTlsOptions.secondCredentialName', 'is the second of two credentials', () => {
  expect(simple({ secondCredentialName: 'cert-ecdsa' })).toEqual({ mode: 'SIMPLE', credentialNames: ['cert', 'cert-ecdsa'] });
  expect(references(GatewayTls.simple('cert', { secondCredentialName: 'cert-ecdsa' }))).toEqual(['Secret edge-pods/cert-ecdsa', 'Secret edge-pods/cert']);
});

option('MutualTlsOptions.clientAuthority', 'is the credential of the authorities', () => {
  expect(mutual({ clientAuthority: ClientAuthority.secret('clients-cacert') })).toEqual({ ...MUTUAL, caCertCredentialName: 'clients-cacert' });
});
option('ClientAuthority.secret', 'is a Secret in the namespace of the pods, whose name Istio wants to end with -cacert', () => {
  expect(mutual({ clientAuthority: ClientAuthority.secret('clients') })).toEqual({ ...MUTUAL, caCertCredentialName: 'clients-cacert' });
  expect(references(GatewayTls.mutual('cert', { clientAuthority: ClientAuthority.secret('clients') }))).toEqual(['Secret edge-pods/cert', 'Secret edge-pods/clients']);
});
option('ClientAuthority.configMap', 'is a ConfigMap in the namespace of the pods', () => {
  expect(mutual({ clientAuthority: ClientAuthority.configMap('clients') })).toEqual({ ...MUTUAL, caCertCredentialName: 'configmap://edge-pods/clients' });
});
option('ClientAuthorityOptions.namespace', 'is that of the ConfigMap', () => {
  const tls = GatewayTls.mutual('cert', { clientAuthority: ClientAuthority.configMap('clients', { namespace: 'pki' }) });
  expect(settings(tls)).toEqual({ ...MUTUAL, caCertCredentialName: 'configmap://pki/clients' });
  expect(references(tls)).toEqual(['ConfigMap pki/clients', 'Secret edge-pods/cert']);
});
option('MutualTlsOptions.subjectAltNames', 'are names of which a client has one', () => {
  expect(mutual({ subjectAltNames: ['a.clients.example.com'] })).toEqual({ ...MUTUAL, subjectAltNames: ['a.clients.example.com'] });
});
const hash = 'ab'.repeat(32);
const spki = `${'A'.repeat(43)}=`;
option('MutualTlsOptions.verifyCertificateHash', 'are digests of client certificates, with colons or without', () => {
  const colons = Array(32).fill('AB').join(':');
  expect(mutual({ verifyCertificateHash: [hash, colons] })).toEqual({ ...MUTUAL, verifyCertificateHash: [hash, colons] });
});
option('MutualTlsOptions.verifyCertificateSpki', 'are digests of the keys of clients', () => {
  expect(mutual({ verifyCertificateSpki: [spki] })).toEqual({ ...MUTUAL, verifyCertificateSpki: [spki] });
});
option('MutualTlsOptions.insecureSkipVerify', 'takes any certificate', () => {
  expect(mutual({ insecureSkipVerify: true })).toEqual({ ...MUTUAL, insecureSkipVerify: true });
  expect(mutual({ insecureSkipVerify: false })).toEqual(MUTUAL);
});
option('MutualTlsOptions.minProtocolVersion', 'is the oldest version that the gateway accepts', () => {
  expect(mutual({ minProtocolVersion: TlsVersion.V1_3 })).toEqual({ ...MUTUAL, minProtocolVersion: 'TLSV1_3' });
});
option('MutualTlsOptions.maxProtocolVersion', 'is the newest version that the gateway accepts', () => {
  expect(mutual({ maxProtocolVersion: TlsVersion.V1_3 })).toEqual({ ...MUTUAL, maxProtocolVersion: 'TLSV1_3' });
});
option('MutualTlsOptions.cipherSuites', 'are those that are agreed to', () => {
  expect(mutual({ cipherSuites: [CipherSuite.AES128_SHA] })).toEqual({ ...MUTUAL, cipherSuites: ['AES128-SHA'] });
});
option('MutualTlsOptions.dnsNames', 'are compared with the hosts', () => {
  expect(refusal(() => mutual({ dnsNames: ['b.example.com'] })).code).toBe('IM1351');
});
option('MutualTlsOptions.secondCredentialName', 'is the second of two credentials', () => {
  expect(mutual({ secondCredentialName: 'cert-ecdsa' })).toEqual({ mode: 'MUTUAL', credentialNames: ['cert', 'cert-ecdsa'] });
});
option('GatewayTls.optionalMutual', 'is the mode OPTIONAL_MUTUAL', () => {
  expect(settings(GatewayTls.optionalMutual('cert', { subjectAltNames: ['a'] }))).toEqual({ mode: 'OPTIONAL_MUTUAL', credentialName: 'cert', subjectAltNames: ['a'] });
});
option('GatewayTls.istioMutual', 'is the mode ISTIO_MUTUAL, without any credential', () => {
  expect(settings(GatewayTls.istioMutual())).toEqual({ mode: 'ISTIO_MUTUAL' });
  expect(references(GatewayTls.istioMutual())).toEqual([]);
});
option('IstioMutualTlsOptions.subjectAltNames', 'are identities of which a caller has one', () => {
  const identity = 'spiffe://cluster.local/ns/shop/sa/web';
  expect(settings(GatewayTls.istioMutual({ subjectAltNames: [identity] }))).toEqual({ mode: 'ISTIO_MUTUAL', subjectAltNames: [identity] });
});

const rsa = { serverCertificate: '/certs/rsa.crt', privateKey: '/certs/rsa.key' };
const ecdsa = { serverCertificate: '/certs/ecdsa.crt', privateKey: '/certs/ecdsa.key' };
const clients = { caCertificates: '/certs/clients.crt' };
const asked = { ...rsa, mode: 'MUTUAL', caCertificates: '/certs/clients.crt' };

option('GatewayTls.files', 'is the mode SIMPLE with files, and relies on no Secret', () => {
  expect(settings(GatewayTls.files(rsa))).toEqual({ mode: 'SIMPLE', ...rsa });
  expect([GatewayTls.files(rsa).credentialName, references(GatewayTls.files(rsa))]).toEqual([undefined, []]);
});
option('FilesTlsOptions.serverCertificate', 'is the file with the certificate', () => {
  expect(settings(GatewayTls.files({ ...rsa, serverCertificate: '/a' }))).toEqual({ mode: 'SIMPLE', ...rsa, serverCertificate: '/a' });
});
option('FilesTlsOptions.privateKey', 'is the file with its key', () => {
  expect(settings(GatewayTls.files({ ...rsa, privateKey: '/a' }))).toEqual({ mode: 'SIMPLE', ...rsa, privateKey: '/a' });
});
option('FilesTlsOptions.secondCertificate', 'is the second of two certificates', () => {
  expect(settings(GatewayTls.files({ ...rsa, secondCertificate: ecdsa }))).toEqual({ mode: 'SIMPLE', tlsCertificates: [rsa, ecdsa] });
});
option('FilesTlsOptions.clients', 'is the mode MUTUAL with the file of the authorities', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients }))).toEqual(asked);
});
option('FilesTlsOptions.minProtocolVersion', 'is the oldest version that the gateway accepts', () => {
  expect(settings(GatewayTls.files({ ...rsa, minProtocolVersion: TlsVersion.V1_2 }))).toEqual({ mode: 'SIMPLE', ...rsa, minProtocolVersion: 'TLSV1_2' });
});
option('FilesTlsOptions.maxProtocolVersion', 'is the newest version that the gateway accepts', () => {
  expect(settings(GatewayTls.files({ ...rsa, maxProtocolVersion: TlsVersion.V1_2 }))).toEqual({ mode: 'SIMPLE', ...rsa, maxProtocolVersion: 'TLSV1_2' });
});
option('FilesTlsOptions.cipherSuites', 'are those that are agreed to', () => {
  expect(settings(GatewayTls.files({ ...rsa, cipherSuites: [CipherSuite.AES128_SHA] }))).toEqual({ mode: 'SIMPLE', ...rsa, cipherSuites: ['AES128-SHA'] });
});
option('ClientCertificateFiles.caCertificates', 'is the file with the authorities', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients: { caCertificates: '/ca' } }))).toEqual({ ...asked, caCertificates: '/ca' });
});
option('ClientCertificateFiles.caCrl', 'is the file with what is revoked', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients: { ...clients, caCrl: '/crl' } }))).toEqual({ ...asked, caCrl: '/crl' });
});
option('ClientCertificateFiles.subjectAltNames', 'are names of which a client has one', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients: { ...clients, subjectAltNames: ['a'] } }))).toEqual({ ...asked, subjectAltNames: ['a'] });
});
option('ClientCertificateFiles.optional', 'is the mode OPTIONAL_MUTUAL', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients: { ...clients, optional: true } }))).toEqual({ ...asked, mode: 'OPTIONAL_MUTUAL' });
});
option('ClientCertificateFiles.insecureSkipVerify', 'takes any certificate', () => {
  expect(settings(GatewayTls.files({ ...rsa, clients: { ...clients, insecureSkipVerify: true } }))).toEqual({ ...asked, insecureSkipVerify: true });
});
test('the second certificate has files of its own', () => {
  expect(settings(GatewayTls.files({ ...rsa, secondCertificate: { ...ecdsa, serverCertificate: '/a' } })))
    .toEqual({ mode: 'SIMPLE', tlsCertificates: [rsa, { ...ecdsa, serverCertificate: '/a' }] });
});

const suite = (one: CipherSuite) => (simple({ cipherSuites: [one] }) as { cipherSuites: string[] }).cipherSuites;
const oldest = (one: TlsVersion) => simple({ minProtocolVersion: one, cipherSuites: one < TlsVersion.V1_3 ? [CipherSuite.AES128_SHA] : undefined });

option('TlsVersion.V1_0', 'is TLSV1_0', () => expect(oldest(TlsVersion.V1_0)).toMatchObject({ minProtocolVersion: 'TLSV1_0' }));
option('TlsVersion.V1_1', 'is TLSV1_1', () => expect(oldest(TlsVersion.V1_1)).toMatchObject({ minProtocolVersion: 'TLSV1_1' }));
option('TlsVersion.V1_2', 'is TLSV1_2', () => expect(oldest(TlsVersion.V1_2)).toMatchObject({ minProtocolVersion: 'TLSV1_2' }));
option('TlsVersion.V1_3', 'is TLSV1_3', () => expect(oldest(TlsVersion.V1_3)).toMatchObject({ minProtocolVersion: 'TLSV1_3' }));

option('CipherSuite.ECDHE_ECDSA_AES128_GCM_SHA256', 'is ECDHE-ECDSA-AES128-GCM-SHA256', () => expect(suite(CipherSuite.ECDHE_ECDSA_AES128_GCM_SHA256)).toEqual(['ECDHE-ECDSA-AES128-GCM-SHA256']));
option('CipherSuite.ECDHE_RSA_AES128_GCM_SHA256', 'is ECDHE-RSA-AES128-GCM-SHA256', () => expect(suite(CipherSuite.ECDHE_RSA_AES128_GCM_SHA256)).toEqual(['ECDHE-RSA-AES128-GCM-SHA256']));
option('CipherSuite.ECDHE_ECDSA_AES256_GCM_SHA384', 'is ECDHE-ECDSA-AES256-GCM-SHA384', () => expect(suite(CipherSuite.ECDHE_ECDSA_AES256_GCM_SHA384)).toEqual(['ECDHE-ECDSA-AES256-GCM-SHA384']));
option('CipherSuite.ECDHE_RSA_AES256_GCM_SHA384', 'is ECDHE-RSA-AES256-GCM-SHA384', () => expect(suite(CipherSuite.ECDHE_RSA_AES256_GCM_SHA384)).toEqual(['ECDHE-RSA-AES256-GCM-SHA384']));
option('CipherSuite.ECDHE_ECDSA_CHACHA20_POLY1305', 'is ECDHE-ECDSA-CHACHA20-POLY1305', () => expect(suite(CipherSuite.ECDHE_ECDSA_CHACHA20_POLY1305)).toEqual(['ECDHE-ECDSA-CHACHA20-POLY1305']));
option('CipherSuite.ECDHE_RSA_CHACHA20_POLY1305', 'is ECDHE-RSA-CHACHA20-POLY1305', () => expect(suite(CipherSuite.ECDHE_RSA_CHACHA20_POLY1305)).toEqual(['ECDHE-RSA-CHACHA20-POLY1305']));
option('CipherSuite.ECDHE_ECDSA_AES128_SHA', 'is ECDHE-ECDSA-AES128-SHA', () => expect(suite(CipherSuite.ECDHE_ECDSA_AES128_SHA)).toEqual(['ECDHE-ECDSA-AES128-SHA']));
option('CipherSuite.ECDHE_RSA_AES128_SHA', 'is ECDHE-RSA-AES128-SHA', () => expect(suite(CipherSuite.ECDHE_RSA_AES128_SHA)).toEqual(['ECDHE-RSA-AES128-SHA']));
option('CipherSuite.ECDHE_ECDSA_AES256_SHA', 'is ECDHE-ECDSA-AES256-SHA', () => expect(suite(CipherSuite.ECDHE_ECDSA_AES256_SHA)).toEqual(['ECDHE-ECDSA-AES256-SHA']));
option('CipherSuite.ECDHE_RSA_AES256_SHA', 'is ECDHE-RSA-AES256-SHA', () => expect(suite(CipherSuite.ECDHE_RSA_AES256_SHA)).toEqual(['ECDHE-RSA-AES256-SHA']));
option('CipherSuite.AES128_GCM_SHA256', 'is AES128-GCM-SHA256', () => expect(suite(CipherSuite.AES128_GCM_SHA256)).toEqual(['AES128-GCM-SHA256']));
option('CipherSuite.AES256_GCM_SHA384', 'is AES256-GCM-SHA384', () => expect(suite(CipherSuite.AES256_GCM_SHA384)).toEqual(['AES256-GCM-SHA384']));
option('CipherSuite.AES128_SHA', 'is AES128-SHA', () => expect(suite(CipherSuite.AES128_SHA)).toEqual(['AES128-SHA']));
option('CipherSuite.AES256_SHA', 'is AES256-SHA', () => expect(suite(CipherSuite.AES256_SHA)).toEqual(['AES256-SHA']));
option('CipherSuite.DES_CBC3_SHA', 'is DES-CBC3-SHA', () => expect(suite(CipherSuite.DES_CBC3_SHA)).toEqual(['DES-CBC3-SHA']));

describe('refused', () => {
  test.each<[string, SimpleTlsOptions, string[]]>([
    ['an oldest version that is newer than the newest', { minProtocolVersion: TlsVersion.V1_3, maxProtocolVersion: TlsVersion.V1_2 }, [
      'IM1350 at GatewayTls.simple(): the oldest version is TLS 1.3 and the newest is TLS 1.2.', '  got      ["V1_3","V1_2"]',
      '  next     name an older `minProtocolVersion`, or a newer `maxProtocolVersion`',
    ]],
    ['a newest version that is older than the default', { maxProtocolVersion: TlsVersion.V1_1 }, [
      'IM1350 at GatewayTls.simple(): the oldest version is TLS 1.2 and the newest is TLS 1.1.', '  got      ["none","V1_1"]',
      '  next     name an older `minProtocolVersion`, or a newer `maxProtocolVersion`',
    ]],
    ['cipher suites of TLS 1.3', { minProtocolVersion: TlsVersion.V1_3, cipherSuites: [CipherSuite.AES128_SHA] }, [
      'IM1350 at GatewayTls.simple(): cipher suites cannot be chosen in TLS 1.3, and no older version is accepted.', '  got      ["AES128_SHA"]',
      '  next     drop `cipherSuites`',
    ]],
    ['old versions without a suite that they know', { minProtocolVersion: TlsVersion.V1_0, cipherSuites: [CipherSuite.AES128_GCM_SHA256] }, [
      'IM1350 at GatewayTls.simple(): no cipher suite is one that TLS 1.0 knows.', '  got      ["AES128_GCM_SHA256"]',
      '  next     name one that ends with _SHA among `cipherSuites`, or leave old clients behind',
    ]],
    ['no cipher suite', { cipherSuites: [] }, [
      'IM1350 at GatewayTls.simple(): the list of cipher suites is empty, and Envoy\'s own would be used.', '  got      []',
      '  next     name cipher suites, or leave `cipherSuites` out',
    ]],
    ['a cipher suite twice', { cipherSuites: [CipherSuite.AES128_SHA, CipherSuite.AES128_SHA] }, [
      'IM1350 at GatewayTls.simple(): a cipher suite is listed twice.', '  got      ["AES128_SHA","AES128_SHA"]', '  next     name each once',
    ]],
    ['one Secret for two certificates', { secondCredentialName: 'cert' }, [
      'IM1312 at GatewayTls.simple(): both certificates are in the same Secret.', '  got      \'cert\'', '  next     name the Secret with the other key type',
    ]],
    ['a certificate for anything', { dnsNames: ['*'] }, [
      'IM1351 at GatewayTls.simple(): `dnsNames` is empty or contains `*`.', '  got      ["*"]',
      '  allowed  DNS names, and *. before a DNS name',
      '  next     add the host to the names of the certificate, or serve it with another certificate',
    ]],
  ])('%s', (_, options, message) => {
    expect(refusal(() => GatewayTls.simple('cert', options)).message).toBe(message.join('\n'));
  });

  test.each<[string, MutualTlsOptions, string[]]>([
    ['a digest of SHA-1', { verifyCertificateHash: ['ab'.repeat(20)] }, [
      'IM1355 at GatewayTls.mutual(): the text is not a SHA-256 digest.', `  got      '${'ab'.repeat(20)}'`, '  allowed  64 hexadecimal digits, with or without colons',
      '  next     copy the digest or the name from the certificate',
    ]],
    ['a key in hexadecimal', { verifyCertificateSpki: [hash] }, [
      'IM1355 at GatewayTls.mutual(): the text is not a SHA-256 digest.', `  got      '${hash}'`, '  allowed  32 bytes in Base64, 44 characters',
      '  next     copy the digest or the name from the certificate',
    ]],
    ['an empty name', { subjectAltNames: [''] }, [
      'IM1355 at GatewayTls.mutual(): `subjectAltNames` is empty or contains an empty name.', '  got      [""]', '  allowed  full names, or leave the option out',
      '  next     copy the digest or the name from the certificate',
    ]],
  ])('%s', (_, options, message) => {
    expect(refusal(() => GatewayTls.mutual('cert', options)).message).toBe(message.join('\n'));
  });

  test('a file without its path', () => {
    expect(refusal(() => GatewayTls.files({ ...rsa, privateKey: 'tls.key' })).message).toBe([
      'IM1359 at GatewayTls.files(): the text is not an absolute path of a file.', '  got      \'tls.key\'', '  allowed  a path that starts with a slash', '  next     use the path of the file in the pods',
    ].join('\n'));
  });

  test.each<[string, () => unknown, string]>([
    ['versions of the identity of the mesh', () => GatewayTls.istioMutual({ minProtocolVersion: TlsVersion.V1_3 } as never), 'IM0001'],
    ['a credential beside files', () => GatewayTls.files({ ...rsa, credentialName: 'cert' } as never), 'IM0001'],
    ['digests beside files, which Istio would drop', () => GatewayTls.files({ ...rsa, clients: { ...clients, verifyCertificateHash: [hash] } } as never), 'IM0001'],
    ['clients by files without authorities', () => GatewayTls.files({ ...rsa, clients: {} } as never), 'IM0001'],
    ['names of clients where none is asked', () => GatewayTls.simple('cert', { subjectAltNames: ['a'] } as never), 'IM0001'],
    ['no digests', () => GatewayTls.mutual('cert', { verifyCertificateHash: [] }), 'IM1355'],
    ['no names', () => GatewayTls.istioMutual({ subjectAltNames: [] }), 'IM1355'],
    ['a version as Istio spells it', () => GatewayTls.simple('cert', { minProtocolVersion: 'TLSV1_2' } as never), 'IM0001'],
    ['authorities with their namespace', () => ClientAuthority.secret('pki/clients'), 'IM1312'],
    ['a namespace with dots', () => ClientAuthority.configMap('clients', { namespace: 'a.b' }), 'IM0106'],
    ['a second Secret with its namespace', () => GatewayTls.simple('cert', { secondCredentialName: 'a/b' }), 'IM1312'],
    ['an invalid name', () => GatewayTls.simple('cert', { dnsNames: ['a_b.com'] }), 'IM0104'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });

  test.each<[string, IstioRelease, GatewayTls]>([
    ['`secondCredentialName`', IstioRelease.V1_25, GatewayTls.simple('cert', { secondCredentialName: 'other' })],
    ['`secondCertificate`', IstioRelease.V1_25, GatewayTls.files({ ...rsa, secondCertificate: ecdsa })],
    ['`clientAuthority`', IstioRelease.V1_27, GatewayTls.mutual('cert', { clientAuthority: ClientAuthority.secret('clients') })],
    ['`insecureSkipVerify`', IstioRelease.V1_30, GatewayTls.mutual('cert', { insecureSkipVerify: true })],
  ])('%s in the release before the one that has it', (what, istio, tls) => {
    const serving = (release: IstioRelease) => () => new MeshGateway(chart({ scope: new MeshCluster(app(), 'here', { istio: release }) }), 'edge', {
      workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls })],
    });
    const [, next] = Object.values(IstioRelease).filter((each): each is IstioRelease => each instanceof IstioRelease && each.atLeast(istio));
    expect(refusal(serving(istio)).message).toBe([
      `IM1338 at here/chart/edge: ${what} came with Istio ${next.version}.`,
      `  got      '${istio.version}'`,
      `  allowed  Istio ${next.version} and later`,
      '  next     remove the setting, or declare the release that runs: `new MeshCluster(app, id, { istio })`',
    ].join('\n'));
    expect(serving(next)).not.toThrow();
  });

  test.each([['*.example.com'], ['*'], ['a.b.example.com']])('%s on a certificate for another name', host => {
    const tls = GatewayTls.simple('cert', { dnsNames: ['a.example.com', '*.b.example.net', 'example.com'] });
    expect(refusal(() => new MeshGateway(chart(), 'edge', { workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: [host], tls })] })).code).toBe('IM1351');
  });

  test('a host that is two labels below the star of a certificate', () => {
    const tls = GatewayTls.simple('cert', { dnsNames: ['*.example.com'] });
    const serving = (host: string) => () => new MeshGateway(chart(), 'edge', { workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: [host], tls })] });
    expect(refusal(serving('a.b.example.com')).code).toBe('IM1351');
    expect(refusal(serving('example.com')).code).toBe('IM1351');
    expect(serving('a.example.com')).not.toThrow();
    expect(serving('*.example.com')).not.toThrow();
  });
});
