import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { matchMutualTls } from './peer-authentication';
import { MeshServiceType } from './service-type';
import { checkServiceVisible } from './visibility-checks';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshHost } from '../hosts/mesh-host';
import { MeshCluster } from '../kernel/mesh-cluster';
import { owned } from '../kernel/owned-objects';
import { registryOf } from '../kernel/registry';
import { annotation, labels, Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';

class NodePortRegistry {
  /** Services by node port. Written by services. Complete in the constructor of each service. */
  public readonly ports = new Map<number, IConstruct>();
}

/** The settings of a Service. */
export interface ServiceSetting {
  readonly name: string;
  readonly namespace: string;
  readonly ports: MeshPort[];
  /** The labels of the pods, and of the Service itself. */
  readonly selector: Labels;
  readonly type?: MeshServiceType;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly mutualTls?: MutualTls;
}

/** Creates the Service that clients dial. */
export function makeService(scope: Construct, setting: ServiceSetting): k8s.KubeService {
  const { name, namespace, ports, selector, type = MeshServiceType.clusterIp() } = setting;
  checkNodePorts(scope, ports, type);
  Object.entries(setting.annotations ?? {}).forEach(([key, value]) => annotation(key, value, scope));
  if (setting.labels && 'app' in setting.labels) {
    throw new MeshError('IM1110', scope, { problem: 'the library sets the label app', got: setting.labels });
  }
  takeNodePorts(scope, ports.flatMap(({ nodePort }) => nodePort ?? []));
  const service = new k8s.KubeService(scope, owned(scope, 'Resource'), {
    metadata: { name, namespace, labels: { ...labels(setting.labels ?? {}, scope), ...selector }, annotations: { ...setting.annotations } },
    spec: { selector: { ...selector }, ...type._toKube(ports) },
  });
  checkServiceVisible(scope, service);
  return service;
}

/** Refuses node ports of a Service whose type has none. */
export function checkNodePorts(scope: Construct, ports: MeshPort[], type: MeshServiceType): void {
  const unknown = ports.find(port => port.nodePort !== undefined && !type._hasNodePorts);
  if (unknown) {
    throw new MeshError('IM1114', scope, {
      problem: `port ${unknown.port} has a node port, but the type of the Service has none`, got: unknown.nodePort, next: 'use MeshServiceType.nodePort(), or remove the node port',
    });
  }
}

/** Refuses duplicate node ports: each belongs to one Service of the cluster, which may use it for TCP and for UDP. */
export function takeNodePorts(scope: Construct, numbers: number[]): void {
  const taken = registryOf(scope, NodePortRegistry).ports;
  numbers.forEach(number => {
    const other = taken.get(number);
    if (other) {
      throw new MeshError('IM1102', scope, { problem: `${other.node.path} already has the node port ${number}`, got: number, next: 'change one of them' });
    }
  });
  numbers.forEach(number => taken.set(number, scope));
}

/** Creates the Service for clients and its host, whose versions are the pods. */
export function clientService(scope: Construct, setting: ServiceSetting, pods: { readonly [pod: string]: Labels }): MeshHost {
  const { name, namespace, ports } = setting;
  makeService(scope, setting);
  const host = MeshHost.made(scope, {
    host: `${name}.${namespace}.svc.${MeshCluster.of(scope).clusterDomain}`, namespace, name, ports: [...ports], versions: pods,
  });
  matchMutualTls(host.policy, scope, ports, setting.mutualTls);
  return host;
}
