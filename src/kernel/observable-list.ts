/**
 * A list with listeners. A listener receives every item: those that are in the list, and those that are added later, at any time before synthesis.
 * A construct uses it to create objects for constructs that are created after it.
 */
export class ObservableList<T> {
  private readonly members: T[] = [];
  private readonly listeners: ((member: T) => void)[] = [];

  /** All items so far, in the order of addition. */
  public get all(): T[] {
    return [...this.members];
  }

  /** Adds an item. */
  public add(member: T): void {
    this.members.push(member);
    [...this.listeners].forEach(listener => listener(member));
  }

  /** Calls the listener for every item, now and later. */
  public each(listener: (member: T) => void): void {
    this.listeners.push(listener);
    this.all.forEach(listener);
  }
}
