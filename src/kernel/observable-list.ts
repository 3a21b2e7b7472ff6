/**
 * A list with listeners. A listener receives every item: those that are in the list, and those that are added later, at any time before synthesis.
 * A construct uses it to create objects for constructs that are created after it.
 */
export class ObservableList<T> {
  // Each route has a list, with one item and one listener. An empty list that grows takes memory for many.
  private members?: T[];
  private listeners?: ((member: T) => void)[];

  /** All items so far, in the order of addition. */
  public get all(): readonly T[] {
    return this.members ?? [];
  }

  /** Adds an item. */
  public add(member: T): void {
    this.members = added(this.members, member);
    this.listeners?.slice().forEach(listener => listener(member));
  }

  /** Calls the listener for every item, now and later. */
  public each(listener: (member: T) => void): void {
    this.listeners = added(this.listeners, listener);
    [...this.all].forEach(listener);
  }
}

function added<T>(list: T[] | undefined, item: T): T[] {
  if (!list) {
    return [item];
  }
  list.push(item);
  return list;
}
