import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { HostIndex } from './host-index';
import { Json, labelsAt, text, texts } from '../kernel/json';
import { KnownNamespace } from '../kernel/known-namespace';
import { knownNamespaces } from '../kernel/known-namespaces';
import { MeshCluster } from '../kernel/mesh-cluster';
import { podTemplate, WORKLOAD_KINDS } from '../kernel/pod-template';
import { gatewayAttributes } from '../services/workloads/gateway-pods';
import { Labels } from '../values/labels';

/** An object as it is written, and who writes it. */
export interface Manifest {
  readonly object: ApiObject;
  readonly json: Json;
  readonly namespace: string;
  /** The path of the construct. */
  readonly by: string;
}

/** Pods that a construct makes, wraps or configures. */
export interface OwnedPods {
  readonly namespace: string;
  readonly labels: Labels;
  readonly by: string;
  /** The pod template; none of pods that only a gateway's selector is known of. */
  readonly template?: Json;
}

/** Whether pods with these labels are selected. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** An object as it is written. An object without a namespace lands in the current namespace of the tool that applies it. */
export function manifest(object: ApiObject): Manifest {
  const json = object.toJson() as Json;
  return {
    object,
    json,
    namespace: text(json, 'metadata', 'namespace') ?? 'default',
    by: object.node.id === 'Resource' ? object.node.scope!.node.path : object.node.path,
  };
}

/** What the constructs of a cluster own, as their objects say it. Nothing is rendered before somebody asks. */
export class Ground {
  private readonly rendered = new Map<string, Manifest[]>();
  private allHosts?: HostIndex;
  private allPods?: OwnedPods[];

  public constructor(public readonly cluster: MeshCluster, private readonly objects: ApiObject[]) {}

  /** The owned objects of a kind. */
  public all(kind: string): Manifest[] {
    const known = this.rendered.get(kind) ?? this.objects.filter(object => object.kind === kind).map(manifest);
    this.rendered.set(kind, known);
    return known;
  }

  /** The hosts that sidecars know from constructs. */
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

  /** The pods that a selector of an object in a namespace means: those of every namespace in the root namespace. */
  public selected(namespace: string, selector: Labels = {}): OwnedPods[] {
    return this.pods.filter(pods => (namespace === pods.namespace || namespace === this.cluster.rootNamespace) && selects(selector, pods.labels));
  }

  /** The owned object of a kind that holds for all pods of a namespace. */
  public wholeNamespace(kind: string, namespace: string): Manifest | undefined {
    return this.all(kind).find(other => other.namespace === namespace && selectorOf(other.json) === undefined);
  }

  /** What is stated about a namespace, where a construct stands for it. */
  public namespace(name: string): KnownNamespace | undefined {
    return knownNamespaces(this.cluster).find(known => known.name === name && known.isDeclared);
  }
}

/** The labels that an object of Istio's selects pods by; undefined where it means all. */
export function selectorOf(json: Json): Labels | undefined {
  const selector = labelsAt(json, 'spec', 'selector', 'matchLabels') ?? labelsAt(json, 'spec', 'workloadSelector', 'labels')
    ?? labelsAt(json, 'spec', 'workloadSelector', 'matchLabels');
  return selector && Object.keys(selector).length > 0 ? selector : undefined;
}

/** The gateways of a VirtualService; `mesh` where it names none. */
export function gatewaysOf(json: Json): string[] {
  const gateways = texts(json, 'spec', 'gateways');
  return gateways.length > 0 ? gateways : ['mesh'];
}
