import { Yaml } from 'cdk8s';
import { firstMisread, Misread, misreading } from './misread';
import { blockText, isOdd, lineText, startsDocument } from './yaml-string';

/** The deepest nesting that this printer writes. */
const DEEPEST = 60;

/** The longest key before a colon. YAML marks longer keys. */
const LONGEST_KEY = 1024;

/** The end of a line and the indentation of the next, by depth. */
const BREAKS = Array.from({ length: DEEPEST + 2 }, (_, depth) => `\n${'  '.repeat(depth)}`);

/** The same before an item of a list. */
const DASHES = BREAKS.map(lineBreak => `${lineBreak}-`);

/** Stops the printing of a document that only cdk8s can print. */
class Unsure extends Error {}

/**
 * Prints documents as `Yaml.stringify` of cdk8s does, byte for byte, in a small part of its time. cdk8s prints what this printer is not sure of:
 * an object that appears twice is an alias, for example.
 *
 * It keeps the texts of strings for the next document, so make one for each synthesis.
 */
export class YamlText {
  /** The parts of the document. A part begins with the break before it, or with the space after a colon or dash. */
  private parts: string[] = [];
  private readonly printed = new Printed();
  /** Keys with the break before them, by depth; and those after a dash. */
  private readonly keys = BREAKS.map(() => new Map<string, string>());
  private readonly firstKeys = new Map<string, string>();
  private readonly lines = new Map<string, string>();
  private isMisread = false;

  /**
   * The text of a file with several documents.
   *
   * @param onMisread runs for the first value of each document that Kubernetes would read differently, after its text is complete
   */
  public file(documents: readonly unknown[], onMisread?: (misread: Misread, place: number) => void): string {
    return documents.map((json, place) => this.document(json, misread => onMisread?.(misread, place))).join('---\n');
  }

  /**
   * The text of one document.
   *
   * @param onMisread runs for the first value that Kubernetes would read differently, after the text is complete
   */
  public document(json: unknown, onMisread?: (misread: Misread) => void): string {
    this.isMisread = false;
    const text = this.own(json) ?? this.byCdk8s(json);
    if (this.isMisread && onMisread) {
      const misread = firstMisread(json);
      if (misread) {
        onMisread(misread);
      }
    }
    return text;
  }

  private byCdk8s(json: unknown): string {
    this.isMisread = true; // firstMisread will tell
    return Yaml.stringify(json);
  }

  private own(json: unknown): string | undefined {
    if (typeof json !== 'object' || json === null || allObjectsHaveKeys()) {
      return undefined;
    }
    this.parts = [];
    this.printed.clear();
    try {
      this.collection(json, 0, false);
    } catch (e) {
      if (e instanceof Unsure) {
        return undefined;
      }
      throw e;
    }
    this.parts[0] = this.parts[0].slice(1);
    this.parts.push('\n');
    return this.parts.join('');
  }

  private value(of: unknown, depth: number, isItem: boolean): void {
    switch (typeof of) {
      case 'string':
        this.parts.push(this.lines.get(of) ?? this.string(of, depth));
        break;
      case 'number':
        this.parts.push(numberText(of));
        break;
      case 'boolean':
        this.parts.push(of ? ' true' : ' false');
        break;
      case 'undefined':
        this.parts.push(' null');
        break;
      case 'object':
        if (of === null) {
          this.parts.push(' null');
        } else {
          this.collection(of, depth, isItem);
        }
        break;
      default:
        throw new Unsure();
    }
  }

  private collection(of: object, depth: number, isItem: boolean): void {
    if (depth > DEEPEST || !this.printed.add(of) || 'toJSON' in of) {
      throw new Unsure();
    }
    const type: unknown = Object.getPrototypeOf(of);
    if (type === Array.prototype) {
      this.list(of as unknown[], depth, isItem);
    } else if (type === Object.prototype && !(Symbol.iterator in of)) {
      this.map(of as { readonly [key: string]: unknown }, depth, isItem);
    } else {
      throw new Unsure();
    }
  }

  private map(of: { readonly [key: string]: unknown }, depth: number, isItem: boolean): void {
    const known = this.keys[depth];
    let isFirst = true;
    for (const key in of) { // faster than Object.keys, which lists the same keys
      this.parts.push(isItem && isFirst ? this.firstKeys.get(key) ?? this.key(key, ' ', this.firstKeys) : known.get(key) ?? this.key(key, BREAKS[depth], known));
      this.value(of[key], depth + 1, false);
      isFirst = false;
    }
    if (isFirst) {
      this.parts.push(' {}');
    }
  }

  private list(of: readonly unknown[], depth: number, isItem: boolean): void {
    if (of.length === 0) {
      this.parts.push(' []');
    }
    for (let i = 0; i < of.length; i++) {
      this.parts.push(isItem && i === 0 ? ' -' : DASHES[depth]);
      this.value(of[i], depth + 1, true);
    }
  }

  private key(key: string, before: string, known: Map<string, string>): string {
    const text = isOdd(key) || (before === BREAKS[0] && startsDocument(key)) ? undefined : lineText(key);
    if (text === undefined || text.length > LONGEST_KEY) {
      throw new Unsure();
    }
    return this.kept(key, `${before}${text}:`, true, known);
  }

  private string(of: string, depth: number): string {
    if (!isOdd(of)) {
      return this.kept(of, ` ${lineText(of)}`, false, this.lines);
    }
    this.isMisread ||= misreading(of, false) !== undefined;
    return ` ${blockText(of, BREAKS[depth]) ?? oddText(of, depth)}`;
  }

  /** Keeps the text of a string, if a string that Kubernetes reads differently will not be missed by it. */
  private kept(of: string, text: string, isKey: boolean, known: Map<string, string>): string {
    if (misreading(of, isKey) !== undefined) {
      this.isMisread = true;
    } else {
      known.set(of, text);
    }
    return text;
  }
}

/** The objects that a document contains so far. Most documents have few, and a short list is faster than a Set. */
class Printed {
  private readonly few: object[] = [];
  private readonly many = new Set<object>();

  public clear(): void {
    this.few.length = 0;
    if (this.many.size > 0) {
      this.many.clear(); // even an empty Set takes a while
    }
  }

  /** Adds an object. False if it is already there. */
  public add(of: object): boolean {
    if (this.few.includes(of) || (this.many.size > 0 && this.many.has(of))) {
      return false;
    }
    if (this.few.length < 24) {
      this.few.push(of);
    } else {
      this.many.add(of);
    }
    return true;
  }
}

/** Whether a program added keys to the prototype of objects. */
function allObjectsHaveKeys(): boolean {
  for (const _ in {}) {
    return true;
  }
  return false;
}

function numberText(of: number): string {
  if (!Number.isFinite(of) || Object.is(of, -0)) {
    throw new Unsure();
  }
  return ` ${of}`;
}

/** A string as cdk8s prints it as a value of some depth: inside as many maps. */
function oddText(of: string, depth: number): string {
  let json: unknown = of;
  let above = '';
  for (let i = depth - 1; i >= 0; i--) {
    json = { a: json };
    above = `a:${i === depth - 1 ? ' ' : BREAKS[i + 1]}${above}`;
  }
  return Yaml.stringify(json).slice(above.length, -1);
}
