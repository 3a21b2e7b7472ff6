import { server } from './servers';
import { CipherSuite, IstioRelease, TlsVersion } from '../../../src';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { runs } from '../releases';
import { mayAskMore } from '../siblings';
import { World } from '../world';

const VERSIONS = Object.keys(TlsVersion).sort();
const SUITES = Object.keys(CipherSuite);

const credential = (w: World) => w.fresh('credentials', ['shop-tls', 'edge.tls', 'wild']);
const file = (name: string) => () => `/etc/certs/${name}`;
/** The options of TLS termination so far. */
const said = (w: World) => w.given(/TlsOptions$/) as { minProtocolVersion?: TlsVersion; cipherSuites?: unknown } | undefined;
const skips = (w: World) => (runs(w, IstioRelease.V1_31) ? undefined : false);

/** Names that are those of the server, where there is a certificate for them. */
function dnsNames(w: World): unknown {
  const { hosts = [] } = (server(w) ?? {}) as { hosts?: string[] };
  return hosts.length === 0 || hosts.includes('*') ? ABSENT : [...hosts, ...w.choices.chance(20) ? ['extra.example.edu'] : []];
}

/** How servers end TLS. A certificate is good for the hosts of one server, and shown by no other. */
export const tls: Knowledge = {
  facts: {
    '*.credentialName': credential,
    'SecretTlsOptions.secondCredentialName': w => (runs(w, IstioRelease.V1_26) ? credential(w) : ABSENT),
    'SecretTlsOptions.dnsNames': dnsNames,
    // A star alone is nothing that a certificate can be for.
    'SecretTlsOptions.certificate': w => (dnsNames(w) === ABSENT ? ABSENT : undefined),
    'TlsParameters.minProtocolVersion': w => w.member('TlsVersion', TlsVersion, w.choices.pick(VERSIONS)),
    'TlsParameters.maxProtocolVersion': w => w.member('TlsVersion', TlsVersion, w.choices.pick(VERSIONS.filter(version => version >= (said(w)!.minProtocolVersion ?? TlsVersion.V1_2)))),
    'TlsParameters.cipherSuites': w => {
      const { minProtocolVersion: oldest = TlsVersion.V1_2 } = said(w)!;
      if (oldest === TlsVersion.V1_3) return ABSENT;
      const old = oldest < TlsVersion.V1_2 ? [w.choices.pick(SUITES.filter(suite => suite.endsWith('_SHA')))] : [];
      return [...new Set([...w.choices.some(SUITES), ...old])].map(suite => w.member('CipherSuite', CipherSuite, suite));
    },
    'MutualTlsOptions.clientAuthority': w => (runs(w, IstioRelease.V1_28) ? undefined : ABSENT),
    'MutualTlsOptions.insecureSkipVerify': skips,
    'MutualTlsOptions.verifyCertificateHash[]': w => w.choices.pick(['ab'.repeat(32), 'AB:'.repeat(31) + 'CD']),
    'MutualTlsOptions.verifyCertificateSpki[]': w => `${w.choices.pick(['A', 'b', '+'])}${'x'.repeat(42)}=`,
    'ClientCertificateFiles.insecureSkipVerify': skips,
    'FilesTlsOptions.clients': w => (mayAskMore(w) ? undefined : ABSENT),
    'FilesTlsOptions.secondCertificate': w => (runs(w, IstioRelease.V1_26) ? undefined : ABSENT),
    '*.serverCertificate': file('tls.crt'),
    'TlsCertificateFiles.privateKey': file('tls.key'),
    'MutualTlsFiles.privateKey': file('tls.key'),
    '*.caCertificates': file('ca.crt'),
    '*.caCrl': file('ca.crl'),
  },
  order: Object.fromEntries(['SimpleTlsOptions', 'MutualTlsOptions', 'FilesTlsOptions'].map(options => [options, ['minProtocolVersion', 'maxProtocolVersion', 'cipherSuites']])),
  forced: {
    ...each(['GatewayTls.*.options', 'SecretTlsOptions.certificate', 'MutualTlsOptions.clientAuthority', 'ClientAuthority.configMap.options', 'ClientAuthorityOptions.namespace'], often),
    'TlsParameters.cipherSuites': w => (said(w)!.minProtocolVersion ?? TlsVersion.V1_2) < TlsVersion.V1_2,
  },
  guards: each(['GatewayTls.mutual', 'GatewayTls.istioMutual'], mayAskMore),
};
