import { Yaml } from 'cdk8s';
import { firstMisread, Misread, misreading } from './misread';
import { blockText, isOdd, lineText, startsDocument } from './yaml-string';

/** The deepest nesting that this printer writes. */
const DEEPEST = 60;

/** The longest key before a colon. YAML marks longer keys. */
const LONGEST_KEY = 1024;

/** The end of a line and the indentation of the next, by depth. */
const BREAKS = Array.from({ length: DEEPEST + 2 }, (_, depth) => `\n${'  '.repeat(depth)}`);

/** Stops the printing of a document that only cdk8s can print. */
class Unsure extends Error {}

/**
 * Prints documents as `Yaml.stringify` of cdk8s does, byte for byte, in a small part of its time. cdk8s prints what this printer is not sure of:
 * the text of an object that appears twice is an alias, for example.
 *
 * It keeps the text of each string that it has printed, so make one for each synthesis.
 */
export class YamlText {
  private readonly keys = new Map<string, string>();
  private readonly lines = new Map<string, string>();
  private readonly printed = new Set<object>();
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
    if (typeof json !== 'object' || json === null) {
      return undefined;
    }
    try {
      return `${this.value(json, 0)}\n`;
    } catch (e) {
      if (e instanceof Unsure) {
        return undefined;
      }
      throw e;
    } finally {
      this.printed.clear();
    }
  }

  /** A value in the line of its parent. */
  private value(of: unknown, depth: number): string {
    switch (typeof of) {
      case 'string':
        return this.lines.get(of) ?? this.string(of, depth);
      case 'object':
        return of === null ? 'null' : this.collection(of, depth);
      case 'boolean':
        return of ? 'true' : 'false';
      case 'number':
        return numberText(of);
      case 'undefined':
        return 'null';
      default:
        throw new Unsure();
    }
  }

  private collection(of: object, depth: number): string {
    if (depth > DEEPEST || this.printed.has(of)) {
      throw new Unsure();
    }
    this.printed.add(of);
    const type: unknown = Object.getPrototypeOf(of);
    if ('toJSON' in of || Object.getOwnPropertySymbols(of).length > 0) {
      throw new Unsure();
    }
    if (type === Object.prototype) {
      return this.map(of as Record<string, unknown>, depth);
    }
    if (type === Array.prototype) {
      return this.list(of as unknown[], depth);
    }
    throw new Unsure();
  }

  private map(of: Record<string, unknown>, depth: number): string {
    const keys = Object.keys(of);
    if (keys.length === 0) {
      return '{}';
    }
    let text = '';
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const value = of[key];
      if (depth === 0 && startsDocument(key)) {
        throw new Unsure();
      }
      if (i > 0) {
        text += BREAKS[depth];
      }
      text += this.keys.get(key) ?? this.key(key);
      text += typeof value === 'object' && value !== null && !isEmpty(value) ? BREAKS[depth + 1] : ' ';
      text += this.value(value, depth + 1);
    }
    return text;
  }

  private list(of: unknown[], depth: number): string {
    if (of.length === 0) {
      return '[]';
    }
    let text = '';
    for (let i = 0; i < of.length; i++) {
      text += i > 0 ? `${BREAKS[depth]}- ` : '- ';
      text += this.value(of[i], depth + 1);
    }
    return text;
  }

  private key(key: string): string {
    const text = isOdd(key) ? undefined : lineText(key);
    if (text === undefined || text.length > LONGEST_KEY) {
      throw new Unsure();
    }
    return this.remember(key, `${text}:`, true);
  }

  private string(of: string, depth: number): string {
    if (!isOdd(of)) {
      return this.remember(of, lineText(of), false);
    }
    this.isMisread ||= misreading(of, false) !== undefined;
    return blockText(of, BREAKS[depth]) ?? oddText(of, depth);
  }

  private remember(of: string, text: string, isKey: boolean): string {
    if (misreading(of, isKey) !== undefined) {
      this.isMisread = true;
    } else {
      (isKey ? this.keys : this.lines).set(of, text);
    }
    return text;
  }
}

function isEmpty(of: object): boolean {
  return Array.isArray(of) ? of.length === 0 : Object.keys(of).length === 0;
}

function numberText(of: number): string {
  if (!Number.isFinite(of) || Object.is(of, -0)) {
    throw new Unsure();
  }
  return String(of);
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
