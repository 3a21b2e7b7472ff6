/** A construct, as far as a message needs to know one. */
export interface Located {
  readonly node: { readonly path: string };
}

/** What a refusal says beyond its code. */
export interface Refusal {
  /** The mistake, in one clause without a full stop. */
  readonly problem: string;
  /** The value received. Text is shown in quotes. */
  readonly got?: unknown;
  /** A description of what was received, if it is not a value that the user wrote. Printed as it is. */
  readonly found?: string;
  /** The values that would be taken. */
  readonly allowed?: string;
  /** What to do next. The catalogue's remedy where nothing better is known. */
  readonly next?: string;
}
