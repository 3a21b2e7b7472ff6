import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Listener, serversOf } from './gateway-servers';
import { HostIndex } from './host-index';
import { gatewaysOf, Manifest, manifest, selectorOf, selects } from './manifest';
import { Json, labelsAt, text, texts } from '../kernel/json';
import { KnownNamespace } from '../kernel/known-namespace';
import { knownNamespaces } from '../kernel/known-namespaces';
import { MeshCluster } from '../kernel/mesh-cluster';
import { podTemplate, WORKLOAD_KINDS } from '../kernel/pod-template';
import { gatewayAttributes } from '../services/workloads/gateway-pods';
import { Labels } from '../values/labels';

/** Pods that a construct makes, wraps or configures. */
export interface OwnedPods {
  readonly namespace: string;
  readonly labels: Labels;
  readonly by: string;
  /** The pod template. Undefined for pods of which only a gateway's selector is known. */
  readonly template?: Json;
}

/** The objects, hosts, listeners and pods that the constructs of a cluster own. Objects are rendered on first use. */
export class Ground {
  private readonly rendered = new Map<string, Manifest[]>();
  private allHosts?: HostIndex;
  private allPods?: OwnedPods[];
  private routedHosts?: Map<string, HostIndex>;
  private servers?: Listener[];

  public constructor(public readonly cluster: MeshCluster, private readonly objects: ApiObject[]) {}

  /** The owned objects of a kind. */
  public all(kind: string): Manifest[] {
    const known = this.rendered.get(kind) ?? this.objects.filter(object => object.kind === kind).map(manifest);
    this.rendered.set(kind, known);
    return known;
  }

  /** The hosts that constructs make known to sidecars. */
  public get hosts(): HostIndex {
    if (!this.allHosts) {
      const index = new HostIndex(this.cluster.clusterDomain);
      this.all('Service').forEach(({ json, namespace, by }) => index.add(`${text(json, 'metadata', 'name')}.${namespace}.svc.${this.cluster.clusterDomain}`, by));
      this.all('ServiceEntry').forEach(({ json, by }) => texts(json, 'spec', 'hosts').forEach(host => index.add(host, by)));
      this.all('DestinationRule').forEach(({ json, by }) => index.add(text(json, 'spec', 'host')!, by));
      this.all('VirtualService').filter(({ json }) => gatewaysOf(json).includes('mesh'))
        .forEach(({ json, by }) => texts(json, 'spec', 'hosts').forEach(host => index.add(host, by)));
      this.allHosts = index;
    }
    return this.allHosts;
  }

  /** The hosts for which constructs have routes, by gateway, `<namespace>/<name>`. */
  public get hostsOfGateways(): ReadonlyMap<string, HostIndex> {
    if (!this.routedHosts) {
      const indices = new Map<string, HostIndex>();
      for (const { json, by } of this.all('VirtualService')) {
        for (const gateway of gatewaysOf(json).filter(name => name !== 'mesh')) {
          const index = indices.get(gateway) ?? new HostIndex(this.cluster.clusterDomain);
          indices.set(gateway, index);
          texts(json, 'spec', 'hosts').forEach(host => index.add(host, by));
        }
      }
      this.routedHosts = indices;
    }
    return this.routedHosts;
  }

  /** The servers of the Gateways that constructs write. */
  public get listeners(): Listener[] {
    this.servers ??= this.all('Gateway').flatMap(gateway => serversOf(gateway, true));
    return this.servers;
  }

  /** Pods of services, jobs and gateways. */
  public get pods(): OwnedPods[] {
    if (!this.allPods) {
      const made = WORKLOAD_KINDS.flatMap(kind => this.all(kind).map(({ json, namespace, by }) => ({
        namespace, by, labels: labelsAt(podTemplate(kind, json), 'metadata', 'labels') ?? {}, template: podTemplate(kind, json),
      })));
      this.allPods = [...made, ...this.all('Gateway').flatMap(({ object, by }) => {
        const { pods } = gatewayAttributes(object.node.scope as IConstruct);
        return pods ? [{ namespace: pods.namespace, labels: pods.labels, by }] : [];
      })];
    }
    return this.allPods;
  }

  /** The pods that a selector of an object in a namespace selects. An object of the root namespace selects pods of every namespace. */
  public selected(namespace: string, selector: Labels = {}): OwnedPods[] {
    return this.pods.filter(pods => (namespace === pods.namespace || namespace === this.cluster.rootNamespace) && selects(selector, pods.labels));
  }

  /** The owned object of a kind that applies to all pods of a namespace. */
  public wholeNamespace(kind: string, namespace: string): Manifest | undefined {
    return this.all(kind).find(other => other.namespace === namespace && selectorOf(other.json) === undefined);
  }

  /** The settings of a namespace, if a construct declares it. */
  public namespace(name: string): KnownNamespace | undefined {
    return knownNamespaces(this.cluster).find(known => known.name === name && known.isDeclared);
  }
}
