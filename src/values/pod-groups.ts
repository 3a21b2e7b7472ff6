import { getOrAdd } from './get-or-add';
import { Labels, labelsKey } from './labels';

/** Pods that a selector selects. */
export interface SelectedPods {
  /** The labels by which they are selected. */
  readonly labels: Labels;
  /** All labels of theirs that are known. */
  readonly podLabels: Labels;
}

/** Pods with equal labels, and what is known about them. */
export interface PodGroup<T> extends SelectedPods {
  /** The groups that may have the same pods, with this one. */
  readonly near: PodGroup<T>[];
  readonly content: T;
}

/** Whether one selector selects the pods of the other, as far as their labels are known. */
export function maySelectSame(one: SelectedPods, other: SelectedPods): boolean {
  const within = (inner: Labels, outer: Labels) => Object.entries(inner).every(([key, value]) => outer[key] === value);
  return within(one.labels, other.podLabels) || within(other.labels, one.podLabels);
}

/** Groups of pods. Those that may have the same pods are found by a common label. */
export class PodGroups<T> {
  private readonly byLabels = new Map<string, PodGroup<T>>();
  private readonly byPodLabel = new Map<string, PodGroup<T>[]>();
  /** By the rarest label of the selector; an empty text for a selector without labels. */
  private readonly bySelector = new Map<string, PodGroup<T>[]>();

  /** @param make makes what is known about the pods of a new group */
  public constructor(private readonly make: () => T) {}

  public of(pods: SelectedPods): PodGroup<T> {
    return getOrAdd(this.byLabels, `${labelsKey(pods.labels)} ${labelsKey(pods.podLabels)}`, () => this.add(pods));
  }

  private add({ labels, podLabels }: SelectedPods): PodGroup<T> {
    const own: PodGroup<T> = { labels, podLabels, near: [], content: this.make() };
    entries(podLabels).forEach(entry => getOrAdd(this.byPodLabel, entry, (): PodGroup<T>[] => []).push(own));
    const [first, ...others] = entries(labels);
    const rarest = others.reduce((least, entry) => (this.count(entry) < this.count(least) ? entry : least), first);
    getOrAdd(this.bySelector, rarest ?? '', (): PodGroup<T>[] => []).push(own);
    const selected = rarest === undefined ? [...this.byLabels.values()] : this.byPodLabel.get(rarest) ?? [];
    const selecting = ['', ...entries(podLabels)].flatMap(entry => this.bySelector.get(entry) ?? []);
    new Set([own, ...selected, ...selecting]).forEach(other => {
      if (other === own) {
        own.near.push(own);
      } else if (maySelectSame(own, other)) {
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

function entries(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
