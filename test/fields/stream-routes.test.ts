import { chart, KubeObject, service } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import { CallMatch, CanarySplit, GatewayServer, GatewayWorkload, MeshGateway, MeshPort, RouteTarget, SplitRule, SplitTarget, TcpRouteOptions } from 'cdk8s-istio';

/** The split of `reviews`, whose version v1 the callers of `web` get. */
function split(): KubeObject[] {
  const root = chart();
  const reviews = service(root, 'reviews', { ports: [MeshPort.tcp(5432)] });
  const web = service(root, 'web');
  new CanarySplit(root, 'split', {
    service: reviews, rules: [SplitRule.when(CallMatch.from(web)).to('v1')], traffic: SplitTarget.weights({ v1: 40, v2: 60 }),
  });
  return valid(root);
}

field('VirtualService.tcp[].match[].port', 'CanarySplit.constructor', 5432, split);
field('VirtualService.tcp[].match[].sourceLabels.*', 'CallMatch.from', 'web', split);
field('VirtualService.tcp[].match[].sourceNamespace', 'CallMatch.from', 'shop', split);
field('VirtualService.tcp[].route[].destination.host', 'CanarySplit.constructor', 'reviews.shop.svc.cluster.local', split);
field('VirtualService.tcp[].route[].destination.port.number', 'CanarySplit.constructor', 5432, split);
field('VirtualService.tcp[].route[].destination.subset', 'SplitTarget.weights', 'v2', split);
field('VirtualService.tcp[].route[].weight', 'SplitTarget.weights', 60, split);

/** A gateway in namespace shop that passes TLS for vault.example.com through, to two versions of `vault`. */
function tls(): KubeObject[] {
  const root = chart();
  const vault = service(root, 'vault', { ports: [MeshPort.tls(8200)] });
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.passthrough({ hosts: ['vault.example.com'] })] });
  edge.addTlsRoute('vault.example.com', {
    to: RouteTarget.weighted([{ to: vault.versionOf('v1'), weight: 40, port: 8200 }, { to: vault.versionOf('v2'), weight: 60 }]), gatewayPort: 443,
  });
  return valid(root);
}
field('VirtualService.tls[].match[].sniHosts[]', 'MeshGateway.addTlsRoute', 'vault.example.com', tls);
field('VirtualService.tls[].match[].port', 'TlsRouteOptions.gatewayPort', 443, tls);
field('VirtualService.tls[].route[].destination.host', 'TlsRouteOptions.to', 'vault.shop.svc.cluster.local', tls);
field('VirtualService.tls[].route[].destination.port.number', 'WeightedTarget.port', 8200, tls);
field('VirtualService.tls[].route[].destination.subset', 'WeightedTarget.to', 'v2', tls);
field('VirtualService.tls[].route[].weight', 'WeightedTarget.weight', 60, tls);

/** A gateway in namespace shop whose port 5432 leads to `db`. */
function tcp(options: Partial<TcpRouteOptions> = {}): KubeObject[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.tcp({ port: 15432 })] });
  edge.addTcpRoute({ gatewayPort: 15432, to: service(root, 'db', { ports: [MeshPort.tcp(5432)] }), ...options });
  return valid(root);
}
field('VirtualService.tcp[].match[].port', 'TcpRouteOptions.gatewayPort', 15432, tcp);
field('VirtualService.tcp[].route[].destination.host', 'TcpRouteOptions.to', 'db.shop.svc.cluster.local', tcp);
field('VirtualService.tcp[].route[].destination.port.number', 'TcpRouteOptions.port', 5432, () => tcp({ port: 5432 }));
