import { chart, KubeObject } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import { CipherSuite, ClientAuthority, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, TlsVersion } from 'cdk8s-istio';

/** A gateway in namespace shop with these servers. */
function gateway(...servers: GatewayServer[]): KubeObject[] {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers });
  return valid(root);
}

const hosts = ['example.com'];
const http = GatewayServer.http({ routedElsewhere: true, hosts, name: 'web', bind: '127.0.0.1', statPrefix: 'edge-web' });
const https = (tls: GatewayTls) => gateway(GatewayServer.https({ routedElsewhere: true, hosts, tls }));

field('Gateway.selector.*', 'GatewayWorkload.ingress', 'ingressgateway', () => gateway(http));
field('Gateway.servers[].hosts[]', 'HttpServerOptions.hosts', 'example.com', () => gateway(http));
field('Gateway.servers[].port.number', 'HttpServerOptions.port', 8080, () => gateway(GatewayServer.http({ routedElsewhere: true, hosts, port: 8080 })));
field('Gateway.servers[].port.name', 'GatewayServerOptions.name', 'web', () => gateway(http));
field('Gateway.servers[].port.protocol', 'GatewayServer.mongo', 'MONGO', () => gateway(GatewayServer.mongo({ routedElsewhere: true, port: 27017 })));
field('Gateway.servers[].bind', 'GatewayServerOptions.bind', '127.0.0.1', () => gateway(http));
field('Gateway.servers[].name', 'GatewayServerOptions.statPrefix', 'edge-web', () => gateway(http));

field('Gateway.servers[].tls.mode', 'GatewayTls.optionalMutual', 'OPTIONAL_MUTUAL', () => https(GatewayTls.optionalMutual('edge-cert')));
field('Gateway.servers[].tls.httpsRedirect', 'HttpsServerOptions.httpsRedirect', true, () => gateway(GatewayServer.https({
  routedElsewhere: true,
  hosts,
  tls: GatewayTls.simple('edge-cert'),
  httpsRedirect: true,
})));
field('Gateway.servers[].tls.credentialName', 'GatewayTls.simple', 'edge-cert', () => https(GatewayTls.simple('edge-cert')));
field('Gateway.servers[].tls.credentialNames[]', 'SimpleTlsOptions.secondCredentialName', 'edge-rsa', () => https(GatewayTls.simple('edge-cert', {
  secondCredentialName: 'edge-rsa',
})));
field('Gateway.servers[].tls.minProtocolVersion', 'SimpleTlsOptions.minProtocolVersion', 'TLSV1_3', () => https(GatewayTls.simple('edge-cert', {
  minProtocolVersion: TlsVersion.V1_3,
})));
field('Gateway.servers[].tls.maxProtocolVersion', 'SimpleTlsOptions.maxProtocolVersion', 'TLSV1_2', () => https(GatewayTls.simple('edge-cert', {
  maxProtocolVersion: TlsVersion.V1_2,
})));
field('Gateway.servers[].tls.cipherSuites[]', 'SimpleTlsOptions.cipherSuites', 'ECDHE-RSA-AES256-GCM-SHA384', () => https(GatewayTls.simple('edge-cert', {
  cipherSuites: [CipherSuite.ECDHE_RSA_AES256_GCM_SHA384],
})));

const mutual = () => https(GatewayTls.mutual('edge-cert', {
  clientAuthority: ClientAuthority.configMap('partners'),
  subjectAltNames: ['partner.example.net'],
  verifyCertificateHash: ['ab'.repeat(32)],
  verifyCertificateSpki: [`${'A'.repeat(43)}=`],
  insecureSkipVerify: true,
}));
field('Gateway.servers[].tls.caCertCredentialName', 'MutualTlsOptions.clientAuthority', 'configmap://istio-system/partners', mutual);
field('Gateway.servers[].tls.subjectAltNames[]', 'MutualTlsOptions.subjectAltNames', 'partner.example.net', mutual);
field('Gateway.servers[].tls.verifyCertificateHash[]', 'MutualTlsOptions.verifyCertificateHash', 'ab'.repeat(32), mutual);
field('Gateway.servers[].tls.verifyCertificateSpki[]', 'MutualTlsOptions.verifyCertificateSpki', `${'A'.repeat(43)}=`, mutual);
field('Gateway.servers[].tls.insecureSkipVerify', 'MutualTlsOptions.insecureSkipVerify', true, mutual);

const files = GatewayTls.files({
  serverCertificate: '/etc/tls/cert.pem', privateKey: '/etc/tls/key.pem', clients: { caCertificates: '/etc/tls/ca.pem', caCrl: '/etc/tls/crl.pem' },
});
field('Gateway.servers[].tls.serverCertificate', 'FilesTlsOptions.serverCertificate', '/etc/tls/cert.pem', () => https(files));
field('Gateway.servers[].tls.privateKey', 'FilesTlsOptions.privateKey', '/etc/tls/key.pem', () => https(files));
field('Gateway.servers[].tls.caCertificates', 'ClientCertificateFiles.caCertificates', '/etc/tls/ca.pem', () => https(files));
field('Gateway.servers[].tls.caCrl', 'ClientCertificateFiles.caCrl', '/etc/tls/crl.pem', () => https(files));

const two = GatewayTls.files({
  serverCertificate: '/etc/tls/cert.pem',
  privateKey: '/etc/tls/key.pem',
  secondCertificate: { serverCertificate: '/etc/tls/rsa.pem', privateKey: '/etc/tls/rsa-key.pem' },
});
field('Gateway.servers[].tls.tlsCertificates[].serverCertificate', 'FilesTlsOptions.secondCertificate', '/etc/tls/rsa.pem', () => https(two));
field('Gateway.servers[].tls.tlsCertificates[].privateKey', 'FilesTlsOptions.secondCertificate', '/etc/tls/rsa-key.pem', () => https(two));
