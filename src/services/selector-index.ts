import { addTo } from '../values/get-or-add';
import { Labels } from '../values/labels';

/** Something that selects pods, has pods of its own, or both. */
export interface Selecting {
  readonly namespace?: string;
  /** Its selector, if it is known. */
  readonly selector?: Labels;
  /** The labels of its pods, if they are known, without duplicates. */
  readonly pods: Labels[];
}

/** The labels of pods or of a selector as keys of the index. */
interface Keys {
  /** One for each label. */
  readonly labels: readonly string[];
  /** One for all labels. */
  readonly whole: string;
}

/** A member, with the keys of its pods and of its selector if they have labels. */
interface Entry<T> {
  readonly member: T;
  readonly pods: readonly Keys[];
  readonly selector?: Keys;
}

/**
 * Finds members that share pods: one selects the pods of the other, or both have pods with the same labels. It only compares members with a common
 * label, because a large mesh has thousands.
 */
export class SelectorIndex<T extends Selecting> {
  private readonly entries: ReadonlyMap<T, Entry<T>>;
  private readonly byLabel = new Map<string, T[]>();
  private readonly bySelector = new Map<string, T[]>();
  private readonly byLabels = new Map<string, T[]>();

  public constructor(private readonly members: readonly T[]) {
    this.entries = new Map(members.map(member => [member, entryOf(member)]));
    for (const { member, pods } of this.entries.values()) {
      for (const { labels, whole } of pods) {
        labels.forEach(label => addTo(this.byLabel, label, member));
        addTo(this.byLabels, whole, member);
      }
    }
    for (const { member, selector } of this.entries.values()) {
      if (selector) {
        addTo(this.bySelector, this.rarest(selector), member);
      }
    }
  }

  /** The members that share pods with one of them, in the order in which they were given. */
  public neighbours(one: T): T[] {
    const near = new Set<T>();
    const add = (others: readonly T[] | undefined, isNear: (other: T) => boolean) => {
      others?.filter(other => other !== one && isNear(other)).forEach(other => near.add(other));
    };
    const { pods, selector } = this.entries.get(one)!;
    if (selector) {
      add(this.byLabel.get(this.rarest(selector)), other => selects(one, other));
    }
    for (const { labels, whole } of pods) {
      labels.forEach(label => add(this.bySelector.get(label), other => selects(other, one)));
      add(this.byLabels.get(whole), () => true);
    }
    return near.size < 2 ? [...near] : this.members.filter(member => near.has(member));
  }

  /** The rarest label of a selector. */
  private rarest({ labels }: Keys): string {
    const count = (label: string) => this.byLabel.get(label)?.length ?? 0;
    return labels.reduce((least, label) => (count(label) < count(least) ? label : least));
  }
}

function entryOf<T extends Selecting>(member: T): Entry<T> {
  const { namespace = '', selector, pods } = member;
  const keys = (labels: Labels): Keys => {
    const sorted = Object.keys(labels).sort().map(key => `${namespace} ${key}=${labels[key]}`);
    return { labels: sorted, whole: sorted.join() };
  };
  return { member, pods: pods.filter(hasSome).map(keys), selector: selector && hasSome(selector) ? keys(selector) : undefined };
}

function hasSome(labels: Labels): boolean {
  return Object.keys(labels).length > 0;
}

function selects({ selector = {} }: Selecting, { pods }: Selecting): boolean {
  const names = Object.keys(selector);
  return pods.some(labels => names.every(name => labels[name] === selector[name]));
}
