import { Construct } from 'constructs';
import { HeadlessService } from './headless-service';
import { checkedOrdinals, podLabelsByName } from './ordinals';
import { StatefulForm, StatefulServiceBase } from './stateful-base';
import { validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { HostIdentity } from '../../hosts/model/host-identity';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { dnsName, serviceName } from '../../values/names';
import { checkedPorts } from '../service-parts';

/** Attributes of a StatefulSet that another team deploys. */
export interface StatefulServiceAttributes {
  /**
   * The name of the StatefulSet: pods have the names `<name>-<ordinal>`.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The name of the headless Service: the `serviceName` of the StatefulSet.
   *
   * @default - `<name>-headless`
   */
  readonly headlessName?: string;

  /**
   * The name of the Service for clients.
   *
   * @default - the name of the StatefulSet
   */
  readonly serviceName?: string;

  /** The number of pods, at least one. */
  readonly replicas: number;

  /**
   * The ordinal of the first pod.
   *
   * @default 0
   */
  readonly firstOrdinal?: number;

  /**
   * The ports of the Service for clients. The headless Service has them too.
   *
   * @default - none: there is no Service for clients
   */
  readonly ports?: MeshPort[];

  /**
   * The ports that only the headless Service has.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * Labels that all pods of the service have. They identify its calls.
   *
   * @default - `app` with the name of the StatefulSet
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * The ServiceAccount of its pods, by which its callees identify it.
   *
   * @default - unknown: policies cannot include `calls` of the service
   */
  readonly serviceAccount?: string;
}

/**
 * A StatefulSet that another team deploys. It creates no workload and no Service, but a DestinationRule for connections to its pods, because gateway
 * routes to single pods depend on it.
 */
export class DescribedStateful extends StatefulServiceBase {
  public constructor(scope: Construct, id: string, attributes: StatefulServiceAttributes) {
    super(scope, id, at => describe(at, id, attributes));
  }
}

function describe(at: StatefulServiceBase, id: string, attributes: StatefulServiceAttributes): StatefulForm {
  const { name = id, ports = [], peerPorts = [], serviceAccount, ...further } = validateProps('StatefulServiceAttributes', attributes, at);
  const ordinals = checkedOrdinals({ statefulSet: name, first: further.firstOrdinal ?? 0, count: further.replicas }, at);
  const namespace = namespaceOf(at);
  const account = serviceAccount === undefined ? undefined : dnsName(serviceAccount, at, 'the name of the ServiceAccount');
  const podLabels = labels(further.podLabels ?? { app: name }, at);
  const pods = podLabelsByName(ordinals);
  const headless = HeadlessService.described(at, {
    name: further.headlessName ?? `${name}-headless`, ports: checkedPorts([...ports, ...peerPorts], at), selector: podLabels, pods,
  });
  headless.policy();
  const clientHost = ports.length === 0 ? undefined : describeClients(at, {
    name: serviceName(further.serviceName ?? name, at), namespace, ports: [...ports], podLabels, versions: pods,
  });
  return { name, ordinals, podLabels, headless, clientHost, account, ports, peerPorts };
}

function describeClients(at: StatefulServiceBase, identity: Omit<HostIdentity, 'host'>): MeshHost {
  const { name, namespace } = identity;
  const cluster = MeshCluster.of(at);
  cluster._refersTo('Service', namespace, name, at);
  return MeshHost.described(at, { ...identity, host: `${name}.${namespace}.svc.${cluster.clusterDomain}` });
}
