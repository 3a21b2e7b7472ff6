import { IConstruct } from 'constructs';
import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';

interface Claim<T> {
  readonly value: T;
  readonly source: IConstruct;
}

/**
 * Fields of one subject that several constructs can set. A field has one value: constructs that set it to different values are refused, with an
 * error that names both.
 *
 * Objects that depend on the fields render them in a `Lazy`, so constructs can set them at any time before synthesis, in any order. Fields are
 * read sorted by name.
 */
export class FieldOwnership<T> {
  /** Most subjects have no fields, so the map is made with the first. */
  private claims?: Map<string, Claim<T>>;

  /**
   * @param subject the subject, for messages: `pods of reviews`
   * @param code the code for contradictions
   */
  constructor(private readonly subject: string, private readonly code: Code) {}

  /** Sets a field. */
  public set(name: string, value: T, source: IConstruct): void {
    const known = this.claims?.get(name);
    if (known && known.value !== value && JSON.stringify(known.value) !== JSON.stringify(value)) {
      throw new MeshError(this.code, source, {
        problem: `${known.source.node.path} sets ${name} of ${this.subject} to another value`,
        found: `${JSON.stringify(value)}, and before ${JSON.stringify(known.value)}`,
      });
    }
    if (!known) {
      (this.claims ??= new Map()).set(name, { value, source });
    }
  }

  /** The value of a field. */
  public get(name: string): T | undefined {
    return this.claims?.get(name)?.value;
  }

  /** The construct that set a field. */
  public sourceOf(name: string): IConstruct | undefined {
    return this.claims?.get(name)?.source;
  }

  /** All fields, sorted by name. Undefined if there are none. */
  public render(): { [name: string]: T } | undefined {
    const { claims } = this;
    return claims && Object.fromEntries([...claims].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { value }]) => [name, value]));
  }
}
