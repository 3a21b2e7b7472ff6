const MODULUS = 2 ** 31 - 1;

/** A stream of choices that a number decides (Lehmer's generator, MINSTD): the same number, the same choices, on every machine. */
export class Choices {
  private state: number;

  public constructor(seed: number) {
    this.state = 1 + (seed % (MODULUS - 1));
    for (let i = 0; i < 3; i++) this.next(); // so that small seeds do not begin alike
  }

  /** A whole number from `min` to `max`. */
  public int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** Yes in so many of 100 cases. */
  public chance(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  public pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)];
  }

  /** Some of them, at least one, in any order. */
  public some<T>(list: readonly T[], most = list.length): T[] {
    const rest = [...list];
    const taken: T[] = [];
    for (let count = this.int(1, Math.min(most, rest.length)); count > 0; count--) {
      taken.push(...rest.splice(this.int(0, rest.length - 1), 1));
    }
    return taken;
  }

  private next(): number {
    this.state = (this.state * 48271) % MODULUS;
    return (this.state - 1) / (MODULUS - 1);
  }
}
