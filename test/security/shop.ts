import { Chart } from 'cdk8s';
import { app, version } from '../helpers/build';
import {
  GatewayServer, GatewayWorkload, LeastPrivilege, LeastPrivilegeProps, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshServiceProps,
  StatefulMeshService,
} from 'cdk8s-istio';

/** A shop whose calls are yet to be declared: in a namespace of its own, in a chart. */
export interface Shop {
  readonly chart: Chart;
  readonly shop: MeshNamespace;
  readonly web: MeshService;
  readonly checkout: MeshService;
  readonly ledger: StatefulMeshService;
  readonly edge: MeshGateway;
}

export const HOST = 'shop.example.com';

/** A service with one version. */
export function one(scope: MeshNamespace | Chart, id: string, overrides: Partial<MeshServiceProps> = {}): MeshService {
  return new MeshService(scope, id, { ports: [MeshPort.http(80, { targetPort: 8080 })], versions: { v1: version() }, ...overrides });
}

export function aShop(): Shop {
  const chart = new Chart(app(), 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  return {
    chart,
    shop,
    web: one(shop, 'web'),
    checkout: one(shop, 'checkout', { ports: [MeshPort.http(80, { targetPort: 8080 }), MeshPort.tcp(9000)], versions: { v1: version(), v2: version() } }),
    ledger: new StatefulMeshService(shop, 'ledger', {
      replicas: 2, ports: [MeshPort.tcp(5432)], peerPorts: [MeshPort.tcp(7000, { suffix: 'peer' })], containers: [{ image: 'example.com/ledger:1' }],
    }),
    edge: new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] }),
  };
}

/** Restricts everything below a scope. */
export function restricted(scope: Chart | MeshNamespace, props?: LeastPrivilegeProps): LeastPrivilege {
  return new LeastPrivilege(scope, 'least-privilege', props);
}
