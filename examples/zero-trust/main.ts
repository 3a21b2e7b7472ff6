import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  EgressPort, EgressRoute, GatewayServer, GatewayWorkload, HttpMethod, JwtClaim, JwtIssuer, JwtKeys, JwtRule, LeastPrivilege, MeshApp, MeshGateway,
  MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, RequestAuthentication, RequestTarget, StatefulMeshService,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'zero-trust');
const shop = new MeshNamespace(chart, 'shop', { mutualTls: MutualTls.STRICT });

const image = (name: string) => ({ image: `registry.example.com/shop/${name}:1.4.0` });
const only = (name: string) => ({ v1: MeshVersion.of({ replicas: 2, containers: [image(name)] }) });

const web = new MeshService(shop, 'web', { ports: [MeshPort.http(8080)], versions: only('web') });
const checkout = new MeshService(shop, 'checkout', { ports: [MeshPort.http(8080)], versions: only('checkout') });
const payments = new MeshService(shop, 'payments', { ports: [MeshPort.grpc(9000)], versions: only('payments') });
const ledger = new StatefulMeshService(shop, 'ledger', { replicas: 2, ports: [MeshPort.tcp(5432)], containers: [image('ledger')] });
const stripe = new EgressRoute(shop, 'stripe', { host: 'api.stripe.example', ports: [EgressPort.https(443)] });

web.calls(checkout, { methods: [HttpMethod.GET, HttpMethod.POST], paths: ['/checkout', '/checkout/*'] });
checkout.calls(payments);
checkout.calls(stripe);
payments.calls(ledger);

const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })] });
edge.addHttpRoute('shop.example.com', { to: web });

// The gateway forwards tokens, and web checks them. Its admin pages need the claim of an administrator.
new RequestAuthentication(shop, 'login', {
  target: RequestTarget.service(web),
  issuers: [JwtIssuer.of({ issuer: 'https://login.example.com', keys: JwtKeys.at('https://login.example.com/keys'), audiences: ['shop'] })],
  openPaths: ['/healthz'],
  rules: [JwtRule.of({ paths: ['/admin', '/admin/*'], claims: [JwtClaim.of('groups', ['admins'])] })],
});

new LeastPrivilege(chart, 'least-privilege', { networkPolicies: true });

app.synth();
