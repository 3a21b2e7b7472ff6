import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Type } from './assembly';
import { Choices } from './choices';

/** A construct that the program has made. */
export interface Made {
  readonly type: Type;
  readonly value: IConstruct;
  /** The path of the cluster it belongs to. */
  readonly cluster: string;
  /** What it was made with: its arguments and the properties among them. */
  readonly given: Given;
}

export type Given = { readonly [name: string]: unknown };

/** A call or a struct that is being put together: what it is, and what it has got so far. */
export interface Frame {
  readonly owner: string;
  /** No two frames of a program have the same. */
  readonly serial: number;
  /** The slot that is being filled. */
  slot?: string;
  readonly given: { [name: string]: unknown };
}

/** A call of the public API, for the transcript of a failure. */
export interface Call {
  readonly name: string;
  readonly receiver?: unknown;
  readonly args: readonly unknown[];
}

/** The mistake of a case: where, as the number of a slot in the order they are filled, and which of the wrong values. */
export interface Fault {
  readonly slot: number;
  readonly pick: number;
}

/** What the world needs to be able to say. */
export interface Speaker {
  /** Makes a construct of a class. */
  make(w: World, type: string): unknown;
  /** Calls something public, on this receiver if one is given. */
  say(w: World, name: string, receiver?: unknown): unknown;
}

/** Thrown where nothing that a step needs is there or can be made: the step is left out. */
export class NothingSuits extends Error {}

/** Where programs write files, if they do. */
export const OUTDIR = mkdtempSync(join(tmpdir(), 'property-'));

const NAMES = ['shop', 'cart', 'reviews', 'a', 'web', 'x-1', 'billing', 'api2', 'orders', 'p'];

/** One of so many names is taken without a look at those there are. */
const CARELESS = 250;

/** Where a program stands: what it has made, and what it is about to say. */
export class World {
  public readonly app = new App({ outdir: OUTDIR });
  public readonly pool: Made[] = [];
  public readonly frames: Frame[] = [];
  public readonly used = new Set<string>();
  public readonly calls: Call[] = [];
  /** The call that made a value. */
  public readonly origins = new WeakMap<object, Call>();
  /** The slots that were filled, in order, and with what. */
  public readonly slots: { readonly name: string; readonly value?: unknown }[] = [];
  /** How many steps were left out, since nothing suited. */
  public leftOut = 0;
  /** The wrong value that was put in, once it was. */
  public wrong?: { readonly slot: string; readonly value: unknown; readonly never: boolean };
  public choices = new Choices(0);
  /** The chart that the current step is about, and the path of its cluster. */
  public chart!: Chart;
  public cluster = '';

  private readonly taken = new Map<string, Set<unknown>>();

  private serial = 0;

  /**
   * @param fault the mistake to make, if any
   */
  public constructor(private readonly speaker: Speaker, public readonly fault?: Fault) {}

  /** A construct of a class, for who needs one. */
  public make(type: string): unknown {
    return this.speaker.make(this, type);
  }

  /** What a public call gives, for who needs this one and no other. */
  public say(name: string, receiver?: unknown): unknown {
    return this.speaker.say(this, name, receiver);
  }

  /** A member of an enum, which counts as used. */
  public member<T>(type: string, members: { readonly [name: string]: T }, name: string): T {
    this.used.add(`${type}.${name}`);
    return members[name];
  }

  /** What made a value, or part of it: `RouteTarget.redirect`. */
  public originOf(value: unknown): string | undefined {
    return value instanceof Object ? this.origins.get(value)?.name : undefined;
  }

  /** Whether a slot of this name is being filled. */
  public isFilling(slot: RegExp): boolean {
    return this.frames.some(frame => frame.slot !== undefined && slot.test(frame.slot));
  }

  /** Puts a call or a struct together. */
  public within<T>(owner: string, build: (frame: Frame) => T): T {
    const frame = { owner, serial: this.serial++, given: {} };
    this.frames.push(frame);
    try {
      return build(frame);
    } finally {
      this.frames.pop();
    }
  }

  /** What the nearest enclosing call or struct of this name has got so far. */
  public given(owner: string | RegExp): Given | undefined {
    return this.frame(owner)?.given;
  }

  public frame(owner: string | RegExp): Frame | undefined {
    return [...this.frames].reverse().find(frame => (typeof owner === 'string' ? frame.owner === owner : owner.test(frame.owner)));
  }

  /** Forgets the slots of a step that was not taken: a mistake there would never be made. Their numbers stay. */
  public leaveOut(before: number): void {
    this.slots.fill({ name: '' }, before);
    this.leftOut++;
  }

  /** The position in the nearest enclosing list. */
  public get index(): number {
    return (this.given(/\[\]$/)?.index as number | undefined) ?? 0;
  }

  /** An item of a list that is not taken yet in this space, if there is one left. */
  public left<T>(space: string, list: readonly T[]): T | undefined {
    const taken = this.space(space);
    const free = list.filter(item => !taken.has(item));
    return free.length === 0 ? undefined : this.take(space, this.choices.pick(free));
  }

  /** A text that is not taken in this space: one of the list, or one with a number behind. */
  public fresh(space: string, list: readonly string[] = NAMES): string {
    const taken = this.space(space);
    return this.left(space, list) ?? this.take(space, `${this.choices.pick(list)}-${taken.size}`);
  }

  /** A text that is most likely not taken: now and then it is not checked, and a duplicate name follows. */
  public mostlyFresh(space: string, list: readonly string[] = NAMES): string {
    return this.choices.int(1, CARELESS) === 1 ? this.choices.pick(list) : this.fresh(space, list);
  }

  public take<T>(space: string, item: T): T {
    this.space(space).add(item);
    return item;
  }

  public isTaken(space: string, item: unknown): boolean {
    return this.space(space).has(item);
  }

  /** A space of the construct that is being made. */
  public here(what: string): string {
    return `${what} of ${this.making?.serial}`;
  }

  /** The call that makes a construct, if one is being made: its scope is set before its other arguments. */
  public get making(): Frame | undefined {
    return [...this.frames].reverse().find(({ given }) => given.scope !== undefined);
  }

  /** One more than the last time. */
  public count(space: string): number {
    return this.take(space, this.space(space).size);
  }

  /** The constructs of the current cluster. */
  public get neighbours(): Made[] {
    return this.pool.filter(({ cluster }) => cluster === this.cluster);
  }

  private space(name: string): Set<unknown> {
    return this.taken.get(name) ?? this.taken.set(name, new Set()).get(name)!;
  }
}
