import { chart, KubeObject, service } from '../helpers/build';
import { gatewayField } from '../helpers/field';
import { valid } from '../helpers/valid';
import { GatewayServer, GatewayWorkload, MeshGateway, MeshPort, RouteTarget, TcpRouteOptions } from 'cdk8s-istio';

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
gatewayField('VirtualService.tls[].match[].sniHosts[]', 'MeshGateway.addTlsRoute', 'vault.example.com', tls);
gatewayField('VirtualService.tls[].match[].port', 'TlsRouteOptions.gatewayPort', 443, tls);
gatewayField('VirtualService.tls[].route[].destination.host', 'TlsRouteOptions.to', 'vault.shop.svc.cluster.local', tls);
gatewayField('VirtualService.tls[].route[].destination.port.number', 'WeightedTarget.port', 8200, tls);
gatewayField('VirtualService.tls[].route[].destination.subset', 'WeightedTarget.to', 'v2', tls);
gatewayField('VirtualService.tls[].route[].weight', 'WeightedTarget.weight', 60, tls);

/** A gateway in namespace shop whose port 5432 leads to `db`. */
function tcp(options: Partial<TcpRouteOptions> = {}): KubeObject[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.tcp({ port: 15432 })] });
  edge.addTcpRoute({ gatewayPort: 15432, to: service(root, 'db', { ports: [MeshPort.tcp(5432)] }), ...options });
  return valid(root);
}
gatewayField('VirtualService.tcp[].match[].port', 'TcpRouteOptions.gatewayPort', 15432, tcp);
gatewayField('VirtualService.tcp[].route[].destination.host', 'TcpRouteOptions.to', 'db.shop.svc.cluster.local', tcp);
gatewayField('VirtualService.tcp[].route[].destination.port.number', 'TcpRouteOptions.port', 5432, () => tcp({ port: 5432 }));

/** A gateway in namespace shop whose port 5432 leads to two versions of `db`. */
function weighted(): KubeObject[] {
  const root = chart();
  const db = service(root, 'db', { ports: [MeshPort.tcp(5432)] });
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.tcp({ port: 15432 })] });
  edge.addTcpRoute({ gatewayPort: 15432, to: RouteTarget.weighted([{ to: db.versionOf('v1'), weight: 40 }, { to: db.versionOf('v2'), weight: 60 }]) });
  return valid(root);
}
gatewayField('VirtualService.tcp[].route[].destination.subset', 'WeightedTarget.to', 'v2', weighted);
gatewayField('VirtualService.tcp[].route[].weight', 'WeightedTarget.weight', 60, weighted);
