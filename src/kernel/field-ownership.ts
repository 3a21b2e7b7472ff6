import { IConstruct } from 'constructs';
import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';

interface Claim<T> {
  readonly value: T;
  readonly source: IConstruct;
}

/**
 * Facts that several constructs may state about one thing: each fact has a name, and is either
 * stated once or stated alike. Two constructs that contradict each other become one error that names both.
 *
 * What hangs on others' words renders from here through a `Lazy`, so that they may speak at any time
 * before synthesis, and in any order: facts are read sorted by name.
 */
export class FieldOwnership<T> {
  private readonly claims = new Map<string, Claim<T>>();

  /**
   * @param subject what the facts are about, for messages: `pods of reviews`
   * @param code the code of a contradiction
   */
  constructor(private readonly subject: string, private readonly code: Code) {}

  /** States a fact. */
  public set(name: string, value: T, source: IConstruct): void {
    const known = this.claims.get(name);
    if (known && JSON.stringify(known.value) !== JSON.stringify(value)) {
      throw new MeshError(this.code, source, {
        problem: `${name} of ${this.subject} is already set by ${known.source.node.path}, to something else`,
        found: `${JSON.stringify(value)}, and before ${JSON.stringify(known.value)}`,
      });
    }
    if (!known) {
      this.claims.set(name, { value, source });
    }
  }

  /** The value of a fact. */
  public get(name: string): T | undefined {
    return this.claims.get(name)?.value;
  }

  /** Who stated a fact. */
  public sourceOf(name: string): IConstruct | undefined {
    return this.claims.get(name)?.source;
  }

  /** All facts, sorted by name; nothing if there are none. */
  public render(): { [name: string]: T } | undefined {
    const names = [...this.claims.keys()].sort();
    return names.length === 0 ? undefined : Object.fromEntries(names.map(name => [name, this.claims.get(name)!.value]));
  }
}
