import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { GatewayPortOptions } from './dedicated-gateway-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { checkAtSynthesis } from '../../kernel/collect-errors';
import { owned } from '../../kernel/owned-objects';
import { takeNodePorts } from '../../services/service-object';
import { MeshServiceType } from '../../services/service-type';
import { addTo, getOrAdd } from '../../values/get-or-add';
import { annotation, Labels } from '../../values/labels';
import { portNumber } from '../../values/mesh-port';
import { GatewayServer } from '../servers/gateway-server';

/** The lowest port that a process without privileges may listen on. */
const UNPRIVILEGED = 1024;

/** The status port, at which the agent reports whether the gateway is ready. */
const STATUS = { name: 'http-status', port: 15021, targetPort: k8s.IntOrString.fromNumber(15021), protocol: 'TCP' };

/** The protocols that use HTTP/2. */
const HTTP2 = ['GRPC', 'GRPC-WEB', 'HTTP2'];

/** The settings of a `GatewayService`. */
export interface GatewayServiceSetting {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly labels: Labels;
  readonly type: MeshServiceType;
  readonly annotations?: { [key: string]: string };
  readonly ports?: { [port: string]: GatewayPortOptions };
}

/** The Service of a gateway. It has a port for each port of the servers. */
export class GatewayService {
  /** The protocols on each port. */
  private readonly served = new Map<number, Set<string>>();
  /** The ports by the port on which Envoy listens for them. */
  private readonly byTarget = new Map<number, number[]>();
  /** Servers that listen on one address of the pods only. */
  private readonly bound: { readonly server: GatewayServer; readonly gateway: IConstruct }[] = [];
  private readonly portOptions: Map<number, GatewayPortOptions>;

  public constructor(private readonly scope: Construct, private readonly setting: GatewayServiceSetting) {
    const { name, namespace, ports = {}, annotations } = setting;
    this.portOptions = new Map(Object.entries(ports).map(([port, options]) => [this.checked(port, options), options]));
    const nodePorts = [...this.portOptions.values()].flatMap(({ nodePort }) => nodePort ?? []);
    const duplicate = nodePorts.find((port, i) => nodePorts.indexOf(port) !== i);
    if (duplicate !== undefined) {
      throw new MeshError('IM1102', scope, { problem: `two ports have the node port ${duplicate}`, got: duplicate, next: 'change one of them' });
    }
    takeNodePorts(scope, nodePorts);
    Object.entries(annotations ?? {}).forEach(([key, value]) => annotation(key, value, scope));
    new k8s.KubeService(scope, owned(scope, 'Service'), {
      metadata: { name, namespace, labels: { ...setting.labels }, annotations },
      spec: Lazy.any({ produce: () => this.render() }) as never,
    });
    checkAtSynthesis(scope, () => [...this.unserved(), ...this.unreachable()]);
  }

  /** Refuses a server with a port for which Envoy would listen on the same target port as for another port. */
  public check(server: GatewayServer, gateway: IConstruct): void {
    const wanted = server._servicePorts.map(({ number }) => number);
    wanted.forEach(number => {
      const target = this.targetOf(number);
      const other = [...this.byTarget.get(target) ?? [], ...wanted].find(port => port !== number && this.targetOf(port) === target);
      if (other !== undefined) {
        const [low, high] = [number, other].sort((a, b) => a - b);
        throw new MeshError('IM1373', gateway, {
          problem: `Envoy would listen on ${target} for port ${low} and for port ${high}`,
          got: number,
          next: `set another target port for one of them: { ports: { '${low}': { targetPort: ${10000 + low} } } }`,
        });
      }
    });
  }

  /** Adds the ports of a server. */
  public serve(server: GatewayServer, gateway: IConstruct): void {
    if (server.bind !== undefined) {
      this.bound.push({ server, gateway });
    }
    server._servicePorts.forEach(({ number, protocol }) => {
      if (!this.served.has(number)) {
        addTo(this.byTarget, this.targetOf(number), number);
      }
      getOrAdd(this.served, number, () => new Set<string>()).add(protocol);
    });
  }

  /** The ports on which Envoy listens. */
  public get listeners(): number[] {
    return [...this.served.keys()].map(port => this.targetOf(port)).sort((a, b) => a - b);
  }

  private checked(key: string, { targetPort, nodePort }: GatewayPortOptions): number {
    const port = portNumber(/^\d+$/.test(key) ? Number(key) : key, this.scope, 'the port');
    if (targetPort !== undefined && portNumber(targetPort, this.scope, 'the target port') < UNPRIVILEGED) {
      throw new MeshError('IM1373', this.scope, { problem: `the pods have no privileges, so they cannot listen on ${targetPort} for port ${port}`, got: targetPort, allowed: `a port from ${UNPRIVILEGED} on` });
    }
    if (nodePort !== undefined && !this.setting.type._hasNodePorts) {
      throw new MeshError('IM1114', this.scope, {
        problem: `port ${port} has a node port, but the type of the Service has none`, got: nodePort, next: 'use MeshServiceType.nodePort(), or drop the node port',
      });
    }
    if (nodePort !== undefined) {
      portNumber(nodePort, this.scope, 'the node port');
    }
    return port;
  }

  /** The port on which Envoy listens for a port of the Service. istiod reads it from the Service. */
  public targetOf(port: number): number {
    return this.portOptions.get(port)?.targetPort ?? (port < UNPRIVILEGED ? 8000 + port : port);
  }

  private render(): k8s.ServiceSpec {
    const { type, selector } = this.setting;
    const ports = [...this.served.keys()].sort((a, b) => a - b).map(port => ({
      name: `${protocolOf(this.served.get(port)!)}-${port}`,
      port,
      targetPort: k8s.IntOrString.fromNumber(this.targetOf(port)),
      protocol: 'TCP',
      nodePort: this.portOptions.get(port)?.nodePort,
    }));
    // Some load balancers check the health of the first port.
    return { ...type._with([...type._hasNodePorts ? [STATUS] : [], ...ports]), selector: { ...selector } };
  }

  private unserved(): string[] {
    const known = [...this.served.keys()].sort((a, b) => a - b).join(', ') || 'none';
    return [...this.portOptions.keys()].filter(port => !this.served.has(port)).sort((a, b) => a - b)
      .map(port => new MeshError('IM1374', this.scope, { problem: `no server of the gateway has port ${port}`, got: port, allowed: known }).message);
  }

  /** Refuses ports on which Envoy cannot listen. Without a port of the Service, Envoy listens on the number of the server's port itself. */
  private unreachable(): string[] {
    const low = this.bound.flatMap(({ server, gateway }) => server._ports
      .filter(({ number }) => number < UNPRIVILEGED && !this.served.has(number))
      .map(({ number }) => new MeshError('IM1373', gateway, {
        problem: `the pods have no privileges, so they cannot listen on port ${number} of ${server.bind}`, got: number, allowed: `a port from ${UNPRIVILEGED} on`,
      }).message));
    const alone = this.bound.length > 0 && this.served.size === 0 ? [new MeshError('IM1391', this.scope, {
      problem: 'the Service of the gateway has no port, because every server listens on one address of the pods', got: this.bound.map(({ server }) => `${server.name} at ${server.bind}`),
    }).message] : [];
    return [...low, ...alone];
  }
}

/**
 * The protocol in the name of the port, which Istio reads. `appProtocol` is not set, because load balancers of some clouds read it too, and
 * then check the health of a path that the gateway does not serve. A port of HTTP/2 also accepts HTTP/1.1 from clients.
 */
function protocolOf(protocols: Set<string>): string {
  const [first] = [...protocols].sort();
  return (protocols.size > 1 && HTTP2.some(protocol => protocols.has(protocol)) ? 'HTTP2' : first).toLowerCase();
}
