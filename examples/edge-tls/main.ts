// TLS at the edge: passthrough by SNI, termination with certificates of cert-manager, and client certificates.
import { join } from 'path';
import { Chart, Duration } from 'cdk8s';
import {
  CertificateIssuer, CertificateKey, GatewayServer, GatewayTls, GatewayWorkload, HttpMethod, MeshApp, MeshGateway, MeshNamespace, MeshPort,
  MeshService, MeshVersion, MutualTls, RouteMatch, RouteTarget, TlsVersion,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop', { mutualTls: MutualTls.STRICT });

const version = (name: string) => MeshVersion.of({ containers: [{ image: `example.com/${name}:1.0.0` }] });
const service = (name: string, port: MeshPort) => new MeshService(shop, name, { ports: [port], versions: { v1: version(name) } });
const web = service('web', MeshPort.http(8080));
const orders = service('orders', MeshPort.http(8080));
const vault = service('vault', MeshPort.tls(8200));
const broker = service('broker', MeshPort.tcp(1883));

const letsencrypt = CertificateIssuer.clusterIssuer('letsencrypt');
const edge = new MeshGateway(shop, 'edge', {
  workload: GatewayWorkload.dedicated(),
  servers: [
    // Two hosts with one certificate, and a redirect from HTTP to HTTPS.
    GatewayServer.https({
      hosts: ['shop.example.com', 'www.example.com'],
      tls: GatewayTls.simple('shop-cert', {
        certificate: { issuer: letsencrypt, privateKey: CertificateKey.ecdsa(256) }, minProtocolVersion: TlsVersion.V1_3,
      }),
      httpsRedirect: true,
    }),
    // Partners need a client certificate of the authority in partners-cacert.
    GatewayServer.https({
      hosts: ['partners.example.com'],
      name: 'partners',
      tls: GatewayTls.mutual('partners', {
        certificate: { issuer: letsencrypt, duration: Duration.days(30), renewBefore: Duration.days(10) },
      }),
    }),
    // The vault terminates TLS itself.
    GatewayServer.passthrough({ hosts: ['vault.example.com'], name: 'vault' }),
    // The protocol inside TLS is not HTTP.
    GatewayServer.tls({
      hosts: ['broker.example.com'], port: 8883, tls: GatewayTls.simple('broker-cert', { certificate: { issuer: CertificateIssuer.issuer('internal') } }),
    }),
  ],
});
edge.addHttpRoute('shop.example.com', { to: web });
edge.addHttpRoute('www.example.com', { to: RouteTarget.redirect({ host: 'shop.example.com', status: 308 }) });
edge.addHttpRoute('partners.example.com', { to: orders, matches: [RouteMatch.pathPrefix('/orders', { method: HttpMethod.POST })] });
edge.addTlsRoute('vault.example.com', { to: vault });
edge.addTcpRoute({ gatewayPort: 8883, host: 'broker.example.com', to: broker });

app.synth();
