import { IConstruct } from 'constructs';
import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';

interface Claim<T> {
  readonly name: string;
  readonly value: T;
  readonly source: IConstruct;
  readonly earlier?: Claim<T>;
}

/**
 * Fields of one subject that several constructs can set. A field has one value: constructs that set it to different values are refused, with an
 * error that names both.
 *
 * Objects that depend on the fields render them in a `Lazy`, so constructs can set them at any time before synthesis, in any order. Fields are
 * read sorted by name.
 */
export class FieldOwnership<T> {
  /** Every object of a mesh has subjects, and few of them have more than one field. So this is a chain, which is smaller than a map. */
  private latest?: Claim<T>;

  /**
   * @param subject the subject, for messages: `pods of reviews`
   * @param code the code for contradictions
   */
  constructor(private readonly subject: string, private readonly code: Code) {}

  /** Sets a field. */
  public set(name: string, value: T, source: IConstruct): void {
    const known = this.claimOf(name);
    if (!known) {
      this.latest = { name, value, source, earlier: this.latest };
    } else if (known.value !== value && JSON.stringify(known.value) !== JSON.stringify(value)) {
      throw new MeshError(this.code, source, {
        problem: `${known.source.node.path} sets ${name} of ${this.subject} to another value`,
        found: `${JSON.stringify(value)}, and before ${JSON.stringify(known.value)}`,
      });
    }
  }

  /** The value of a field. */
  public get(name: string): T | undefined {
    return this.claimOf(name)?.value;
  }

  /** The construct that set a field. */
  public sourceOf(name: string): IConstruct | undefined {
    return this.claimOf(name)?.source;
  }

  /** All fields, sorted by name. Undefined if there are none. */
  public render(): { [name: string]: T } | undefined {
    const claims: Claim<T>[] = [];
    for (let claim = this.latest; claim; claim = claim.earlier) {
      claims.push(claim);
    }
    claims.sort((a, b) => (a.name < b.name ? -1 : 1));
    return claims.length === 0 ? undefined : Object.fromEntries(claims.map(({ name, value }) => [name, value]));
  }

  private claimOf(name: string): Claim<T> | undefined {
    let claim = this.latest;
    while (claim && claim.name !== name) {
      claim = claim.earlier;
    }
    return claim;
  }
}
