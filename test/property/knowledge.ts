import { World } from './world';

/** What a fact says where the property has to be left out. */
export const ABSENT = Symbol('absent');

export interface Table<T> {
  readonly [name: string]: T;
}

/**
 * What has to be known of a part of the API beyond its types. Slots are named `Owner.slot`: `[]` is an element of a list, `{}` a key of a map, `*`
 * any owner.
 */
export interface Knowledge {
  /** The values of slots. A slot that is not here, or whose fact is undefined, gets any value of its type. */
  readonly facts?: Table<(w: World) => unknown>;
  /** Of a struct, what others agree with comes first; the rest follows as the assembly has it. */
  readonly order?: Table<string[]>;
  /** Properties that may be left out in general, and not here. */
  readonly forced?: Table<(w: World) => boolean>;
  /** Factories that are no choice everywhere. */
  readonly guards?: Table<(w: World) => boolean>;
  /** What is worth remembering of a value once it is there. */
  readonly notes?: Table<(w: World, value: unknown) => void>;
}

/** More often than other properties: what lies deep is rare enough. */
export const often = (w: World) => w.choices.chance(75);

/** The same for each of several names. */
export function each<T>(names: readonly string[], what: T): Table<T> {
  return Object.fromEntries(names.map(name => [name, what]));
}
