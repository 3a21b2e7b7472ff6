import { addTo, getOrAdd } from '../../values/get-or-add';
import { Labels, labelsKey } from '../../values/labels';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** The pods of workloads with equal labels. */
export interface PodGroup<T> {
  readonly workload: GatewayWorkload;
  /** The groups that may have the same pods, with this one. */
  readonly near: PodGroup<T>[];
  /** What is known about the pods. */
  readonly content: T;
}

/** The pods of gateways. Workloads that may select the same pods are found by a common label. */
export class PodGroups<T> {
  private readonly byWorkload = new Map<GatewayWorkload, PodGroup<T>>();
  private readonly byLabels = new Map<string, PodGroup<T>>();
  private readonly byPodLabel = new Map<string, PodGroup<T>[]>();
  private readonly bySelector = new Map<string, PodGroup<T>[]>();

  /** @param make makes the content of a new group */
  public constructor(private readonly make: () => T) {}

  public of(workload: GatewayWorkload): PodGroup<T> {
    return getOrAdd(this.byWorkload, workload, () => {
      const { selector, podLabels } = labelsOf(workload);
      return getOrAdd(this.byLabels, `${labelsKey(selector)} ${labelsKey(podLabels)}`, () => this.add(workload));
    });
  }

  private add(workload: GatewayWorkload): PodGroup<T> {
    const { selector, podLabels } = labelsOf(workload);
    const own: PodGroup<T> = { workload, near: [], content: this.make() };
    entries(podLabels).forEach(entry => addTo(this.byPodLabel, entry, own));
    // A selector has at least one label.
    const rarest = entries(selector).reduce((least, entry) => (this.count(entry) < this.count(least) ? entry : least));
    addTo(this.bySelector, rarest, own);
    const selected = this.byPodLabel.get(rarest) ?? [];
    const selecting = entries(podLabels).flatMap(entry => this.bySelector.get(entry) ?? []);
    new Set([own, ...selected, ...selecting]).forEach(other => {
      if (other === own) {
        own.near.push(own);
      } else if (workload._overlaps(other.workload)) {
        own.near.push(other);
        other.near.push(own);
      }
    });
    return own;
  }

  private count(entry: string): number {
    return this.byPodLabel.get(entry)?.length ?? 0;
  }
}

function labelsOf({ _facts: { pods, podLabels = {} } }: GatewayWorkload): { readonly selector: Labels; readonly podLabels: Labels } {
  return { selector: pods!.labels, podLabels };
}

function entries(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
