import { App } from 'cdk8s';
import { chart, find, service } from './build';
import { valid } from './valid';
import { GatewayServer, GatewayWorkload, GrpcRouteOptions, HttpRouteOptions, IRouteTarget, IstioRelease, MeshCluster, MeshGateway, MeshPort } from 'cdk8s-istio';

const HOST = 'example.com';

/** What the entries of a gateway's routes say besides where they lead, once the CRD has nothing to say against them. */
function entries(add: (edge: MeshGateway, to: IRouteTarget) => void, istio = IstioRelease.V1_31): unknown[] {
  const root = chart({ scope: new MeshCluster(new App(), 'cluster', { istio }) });
  const to = service(root, 'reviews', { ports: [MeshPort.http(8080), MeshPort.grpc(50051)] });
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
  add(edge, to);
  const routes: { route?: unknown }[] = find(valid(root), 'VirtualService', 'edge.example.com').spec.http;
  return routes.map(({ route: _, ...others }) => others);
}

/** The entries of one HTTP route with these options. */
export function routed(options: Partial<HttpRouteOptions>, istio?: IstioRelease): unknown[] {
  return entries((edge, to) => edge.addHttpRoute(HOST, { to, port: 8080, ...options }), istio);
}

/** The entries of one gRPC route with these options. */
export function called(options: Partial<GrpcRouteOptions>): unknown[] {
  return entries((edge, to) => edge.addGrpcRoute(HOST, { to, port: 50051, ...options }));
}
