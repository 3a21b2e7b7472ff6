import { TargetPods } from './policy-rules';
import { getOrAdd } from '../values/get-or-add';
import { PodGroups } from '../values/pod-groups';

interface Entry<T> {
  readonly item: T;
  readonly place: number;
}

/** What policies say, by the pods that they select. A cluster may have thousands of services with a policy each. */
export class PodTargets<T> {
  private readonly byNamespace = new Map<string, PodGroups<Entry<T>[]>>();
  private readonly roots = new Set<string>();
  private count = 0;

  public add(pods: TargetPods, item: T): void {
    this.of(pods.namespace, pods).content.push({ item, place: this.count++ });
    if (pods.root) {
      this.roots.add(pods.namespace);
    }
  }

  /** The items for pods of which some may be among these, in order of addition. */
  public near(pods: TargetPods): T[] {
    const namespaces = pods.root ? [...this.byNamespace.keys()] : [...new Set([pods.namespace, ...this.roots])];
    return namespaces.flatMap(namespace => this.of(namespace, pods).near.flatMap(({ content }) => content))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  }

  private of(namespace: string, pods: TargetPods) {
    return getOrAdd(this.byNamespace, namespace, () => new PodGroups((): Entry<T>[] => [])).of(pods);
  }
}
