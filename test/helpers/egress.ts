import { App, Chart } from 'cdk8s';
import { app, chart, find, KubeObject, service } from './build';
import { valid } from './valid';
import { EgressRoute, EgressRouteProps, EgressPort, EgressPath, GatewayWorkload, MeshGateway, MeshNamespace, MeshService } from 'cdk8s-istio';

/** The namespace `team`, one more, and an egress gateway, in three charts of one App. */
export interface EgressWorld {
  readonly root: App;
  readonly team: MeshNamespace;
  readonly other: MeshNamespace;
  readonly egress: MeshGateway;
  /** A route of the namespace `team`: HTTP on port 80 of `example.org` by default. */
  route(props?: Partial<EgressRouteProps>, id?: string, scope?: MeshNamespace): EgressRoute;
  /** A service that calls. */
  caller(name: string, scope?: MeshNamespace): MeshService;
  /** What is written, checked against the CRDs. */
  objects(): KubeObject[];
  /** The spec of an object. */
  spec(kind: string, name: string, namespace?: string): KubeObject['spec'];
}

/** The way by the world's gateway is not known before the world: it is asked for. */
export type Told = Partial<EgressRouteProps> | ((world: EgressWorld) => Partial<EgressRouteProps>);

export function egressWorld(root = app()): EgressWorld {
  const namespace = (name: string) => new MeshNamespace(new Chart(root, name), name);
  const [team, other] = ['team', 'other'].map(namespace);
  const istioSystem = MeshNamespace.fromExisting(chart({ scope: root, id: 'istio-system', namespace: 'istio-system' }), 'root', { name: 'istio-system' });
  const egress = new MeshGateway(istioSystem, 'egress', { workload: GatewayWorkload.egress() });
  const world = {
    root,
    team,
    other,
    egress,
    route: (props: Partial<EgressRouteProps> = {}, id = 'route', scope = team) =>
      new EgressRoute(scope, id, { host: 'example.org', ports: [EgressPort.http(80)], ...props }),
    caller: (name: string, scope = team) => service(scope, name),
    objects: () => valid(root),
    spec: (kind: string, name: string, where?: string) => find(valid(root), kind, name, where).spec,
  };
  return world;
}

/** A world with one route, optionally through the gateway. */
export function routed(told: Told = {}, byGateway = false): EgressWorld & { readonly made: EgressRoute } {
  const world = egressWorld();
  const props = typeof told === 'function' ? told(world) : told;
  const made = world.route({ ...props, ...byGateway ? { via: EgressPath.gateway(world.egress) } : {} });
  if (!byGateway) {
    new EgressRoute(world.other, 'filler', { host: 'filler.example.com', ports: [EgressPort.https(443)], via: EgressPath.gateway(world.egress) });
  }
  return { ...world, made };
}
