/**
 * Things that are announced one by one, at any time before synthesis, to whoever asked for them: those that came before
 * asking, too. This is how a construct has objects made for what is constructed after it.
 */
export class ObservableList<T> {
  private readonly members: T[] = [];
  private readonly listeners: ((member: T) => void)[] = [];

  /** All that were announced so far, in that order. */
  public get all(): T[] {
    return [...this.members];
  }

  /** Announces one. */
  public add(member: T): void {
    this.members.push(member);
    [...this.listeners].forEach(listener => listener(member));
  }

  /** Calls the listener for every one, announced already or still to come. */
  public each(listener: (member: T) => void): void {
    this.listeners.push(listener);
    this.all.forEach(listener);
  }
}
