import { Labels, labelsKey } from '../values/labels';

/** Something that selects pods, has pods of its own, or both. */
export interface Selecting {
  readonly namespace?: string;
  /** Its selector, if it is known. */
  readonly selector?: Labels;
  /** The labels of its pods, if they are known, without duplicates. */
  readonly pods: Labels[];
}

/**
 * Finds members that share pods: one selects the pods of the other, or both have pods with the same labels. It only compares members with a common
 * label, because a large mesh has thousands.
 */
export class SelectorIndex<T extends Selecting> {
  private readonly byLabel = new Map<string, T[]>();
  private readonly bySelector = new Map<string, T[]>();
  private readonly byLabels = new Map<string, T[]>();

  public constructor(private readonly members: T[]) {
    members.forEach(member => member.pods.filter(hasSome).forEach(labels => {
      entriesOf(member, labels).forEach(entry => push(this.byLabel, entry, member));
      push(this.byLabels, this.whole(member, labels), member);
    }));
    members.filter(({ selector = {} }) => hasSome(selector))
      .forEach(member => push(this.bySelector, this.rarest(member, member.selector!), member));
  }

  /** The members that share pods with one of them, in the order in which they were given. */
  public neighbours(one: T): T[] {
    const near = new Set<T>();
    if (one.selector && hasSome(one.selector)) {
      (this.byLabel.get(this.rarest(one, one.selector)) ?? []).filter(other => selects(one, other)).forEach(other => near.add(other));
    }
    one.pods.filter(hasSome).forEach(labels => {
      const selecting = entriesOf(one, labels).flatMap(entry => this.bySelector.get(entry) ?? []);
      selecting.filter(other => selects(other, one)).forEach(other => near.add(other));
      (this.byLabels.get(this.whole(one, labels)) ?? []).forEach(other => near.add(other));
    });
    near.delete(one);
    return near.size < 2 ? [...near] : this.members.filter(member => near.has(member));
  }

  /** The rarest label of a selector. */
  private rarest(member: T, selector: Labels): string {
    const count = (entry: string) => this.byLabel.get(entry)?.length ?? 0;
    return entriesOf(member, selector).reduce((least, entry) => (count(entry) < count(least) ? entry : least));
  }

  private whole({ namespace = '' }: T, labels: Labels): string {
    return `${namespace} ${labelsKey(labels)}`;
  }
}

function hasSome(labels: Labels): boolean {
  return Object.keys(labels).length > 0;
}

function entriesOf({ namespace = '' }: Selecting, labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${namespace} ${key}=${value}`);
}

function selects({ selector = {} }: Selecting, { pods }: Selecting): boolean {
  return pods.some(labels => Object.entries(selector).every(([key, value]) => labels[key] === value));
}

function push<T>(map: Map<string, T[]>, key: string, member: T): void {
  const known = map.get(key);
  if (known) {
    known.push(member);
  } else {
    map.set(key, [member]);
  }
}
