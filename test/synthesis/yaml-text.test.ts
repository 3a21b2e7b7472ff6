import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { documents } from './documents';
import { Misread } from '../../src/synthesis/misread';
import { YamlText } from '../../src/synthesis/yaml-text';

/** The text of a document, and whether cdk8s printed it or a part of it. */
function printed(json: unknown): { text: string; byCdk8s: boolean } {
  const stringify = jest.spyOn(Yaml, 'stringify');
  const text = new YamlText().document(json);
  const byCdk8s = stringify.mock.calls.length > 0;
  stringify.mockRestore();
  return { text, byCdk8s };
}

/** A text at places of a document, as value and as key. */
function places(text: string): object[] {
  return [{ a: text }, { a: [text, [text]] }, { a: { b: text, c: [{ d: text, e: text }] } }, [text], { a: { [text]: text } }, { [text]: 'a' }];
}

/** Strings that are printed without cdk8s at any place. */
const LINES = [
  // Plain.
  'a', 'a b', 'a:b', 'a#b', 'a-b', '-a', '?a', ':a', '--', '~a', '=', '<<', '<', '(', ')', '$', '^', ';', '\\', 'a\\b', 'a"b', 'a\'b', 'a,b', 'a]', 'a}', 'a|', 'a&b', 'a\tb',
  'é', '€', '😀', '\u00a0', '\ufeff', 'a\u3000', 'yES', 'oN', 'nULL', 'tRUE', 'Of', 'ye', 'nulls', '0o7', '08a', '1.2.3', '1.2.3.4', '10.0.0.0/8', '100m', '1Gi', '1e', 'e', 'e1e', '0xg', '0b2',
  '1:60', '1:2:', '12:30:99', '2001-1', '2001-01-01a', '2001-01-01T', '_1', '_', '+a', '.a', '.info', '.inF', '+.nan', '1_a', '1-1', '++1', '1e5.5', '1e3_4', '0_x1', '0O7', '-_7',
  // In quotes.
  '', ' ', '  ', '\t', ' a', 'a ', '\ta', 'a\t', '#a', 'a #b', 'a\t#b', 'a: b', 'a:\tb', 'a:', ':', '-', '- a', '-\ta', '?', '? a', '{', '}', '[', ']', ',', '&a', '*a', '!a', '|', '>', '\'', '"', '%a', '@a', '`a',
  '"a', '\'a', '"a\'', '"a\\b', '\'\\', '"a": b', 'null', 'Null', 'NULL', '~', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE',
  '0', '1', '-1', '+1', '017', '08', '1_000', '1__', '0x1f', '0xF_', '-0x1', '0b11', '+0b1_', '.', '+.', '1.', '.5', '1.5', '1._5', '._', '1e3', '1E+3', '1.5e-3', '.e1', 'e5', 'E5', '-e5', '.inf', '.Inf', '-.INF', '+.inf', '.nan', '.NaN', '.NAN',
  '1:20', '1:2:3', '1_:59', '1:20.5', '1:20.', '2001-01-01', '2001-1-1', '2001-01-01T1:2:3', '2001-01-01 01:02:03.5 Z', '2001-01-01t01:02:03+1:00', '2001-01-01\t01:02:03-03:30',
  'x'.repeat(3000), 'long line '.repeat(300).trim(), `"${'long line '.repeat(300)}`,
];

/** Several lines that are printed without cdk8s as a value. */
const BLOCKS = ['a\nb', 'a\nb\n', 'a\n\nb', 'a\n\n\n  b\n', 'a\n\tb', 'a \nb', 'a\n#b', '#a\nb', '- a\n- b\n', '---\na', 'a\n---\nb', '%a\nb', '{\n}', '"a"\n\'b\'\n', 'é\n😀', `${'long line '.repeat(20)}a\nb`];

/** Strings that cdk8s prints: controls, halves of pairs, lines that begin or end with blanks. */
const ODD = [
  '\n', '\n\n', ' \n', '\n ', ' \n ', '\na', ' a\nb', '  a\n b', '\ta\nb', '\n\ta', 'a\n\n', 'a\n\n\n', 'a\n ', 'a \n', 'a\n  \n', 'a\t\n\n', 'a\nb ', '\u00a0\na', 'a\n\u00a0', 'a\r\nb\r\n', 'a\rb', '\r',
  '\0', '\x07', '\x08', '\x0b', '\f', '\x1b', '\x7f', '\u0085', '\x9f', '\ud800', '\udc00', 'a\udc00\ud800', '\0"', 'a\0\nb', 'a\n\u0085b', `${'a'.repeat(40)}\0\n\n b`, `"${'a '.repeat(30)}\r\n \n\n "\n`,
];

describe('the bytes of cdk8s', () => {
  test.each(LINES)('of the text %j, printed without cdk8s', text => {
    for (const json of places(text).slice(0, text.length < 1000 ? undefined : 4)) {
      const isStart = Object.keys(json)[0] === text && /^(---|\.\.\.|%)/.test(text);
      expect(printed(json)).toEqual({ text: Yaml.stringify(json), byCdk8s: isStart });
    }
  });

  test.each(BLOCKS)('of the lines %j, printed without cdk8s', text => {
    for (const json of places(text).slice(0, 4)) {
      expect(printed(json)).toEqual({ text: Yaml.stringify(json), byCdk8s: false });
    }
  });

  test.each([...BLOCKS, ...ODD, '---', '...', '%a', '--- a', '...a', '\u2028---', 'a\u2029%', 'x'.repeat(1022), 'x'.repeat(1025), `${'x'.repeat(1022)}: `, '__proto__', 'toJSON', 'length', '0', '1'])('of the text %j at any place', text => {
    for (const json of places(text)) {
      expect(printed(json).text).toBe(Yaml.stringify(json));
    }
  });

  test.each([
    {}, [], { a: {} }, { a: [] }, [[]], [{}], [[[]], [{ a: [] }]], [[1, [2, [3]]], 4], { a: [[{ b: 1, c: [] }], {}] }, { 2: 'b', 1: 'a', a: 0 }, [[['a'], { b: 'c', d: { e: 'f' } }]],
    { a: null, b: true, c: false, d: 0, e: -1.5, f: 1e21, g: 1e-7, h: 123456789012345680000 }, [null], { a: undefined }, [undefined], { a: Array(2) },
  ])('of the document %j, printed without cdk8s', json => {
    expect(printed(json)).toEqual({ text: Yaml.stringify(json), byCdk8s: false });
  });

  class Special { public readonly a = 1; }
  const shared = { b: 1 };
  const deep = (depth: number) => Array.from({ length: depth }).reduce<unknown>(inner => ({ a: [inner] }), 'b');
  test.each<[string, () => unknown]>([
    ['no map and no list', () => 'a'], ['a number', () => 1], ['null', () => null],
    ['an object at two places', () => ({ a: shared, c: [shared] })],
    ['an empty object at two places', () => Array(2).fill({})],
    ['a list at two places', () => ({ a: [['a']].flatMap(list => [list, list]) })],
    ['an object inside itself', () => { const own: Record<string, unknown> = {}; own.own = own; return own; }],
    ['a deep document', () => deep(40)],
    ['numbers that JSON does not have', () => [NaN, Infinity, -Infinity, -0]],
    ['a large number', () => ({ a: 1n })],
    ['objects of a class', () => [new Special(), new Date(0), new Map([['a', 1]]), new Set([1]), Buffer.from('a'), new String('a'), Object.create(null)]],
    ['an object that prints itself', () => ({ a: Object.defineProperty({ b: 1 }, 'toJSON', { value: () => 'c' }) })],
    ['an object with a symbol', () => ({ a: { [Symbol.iterator]: function* () { yield 1; } } })],
  ])('of %s, printed by cdk8s', (_, json) => {
    expect(printed(json())).toEqual({ text: Yaml.stringify(json()), byCdk8s: true });
  });

  test('while all objects have a key', () => {
    const prototype = Object.prototype as { inherited?: string };
    prototype.inherited = 'a';
    try {
      expect(printed({ b: 'c' })).toEqual({ text: 'b: c\n', byCdk8s: true });
    } finally {
      delete prototype.inherited;
    }
  });

  test('and its errors', () => {
    for (const json of [{ a: Symbol('a') }, { a: () => 1 }]) {
      expect(() => new YamlText().document(json)).toThrow('Tag not resolved for');
    }
  });

  test('of several documents in one file', () => {
    const files = [[], [{ a: 1 }], [{ a: 1 }, [], undefined, 'a', { b: 'c\nd\n' }], [undefined]];
    expect(files.map(file => new YamlText().file(file))).toEqual(files.map(file => Yaml.stringify(...file)));
  });

  test('of random documents, one after the other with one printer', () => {
    const printer = new YamlText();
    const outcome = (print: () => string) => {
      try {
        return print();
      } catch (e) {
        return e;
      }
    };
    const isEqual = fc.property(documents, json => expect(outcome(() => printer.document(json))).toEqual(outcome(() => Yaml.stringify(json))));
    fc.assert(isEqual, { numRuns: 500, seed: 1 });
  });
});

describe('values that Kubernetes reads differently', () => {
  const misreads = (json: unknown, printer = new YamlText()) => {
    const found: Misread[] = [];
    printer.document(json, misread => found.push(misread));
    return found;
  };

  test.each<[unknown, string[], unknown, string]>([
    [{ a: { b: ['c', '0o17'] }, d: NaN }, ['a', 'b', '1'], '0o17', 'a number'],
    [{ a: [{ '1e3_4': 'b' }] }, ['a', '0', '1e3_4'], '1e3_4', 'a number'],
    [{ a: NaN, b: '0o17' }, ['a'], NaN, 'a number that JSON does not have'],
    [{ a: { '<<': 'b' } }, ['a', '<<'], '<<', 'the command to merge two maps'],
    [{ a: 'b\u2028' }, ['a'], 'b\u2028', 'a character that YAML cannot contain'],
    [{ a: 'b\nc\u0085' }, ['a'], 'b\nc\u0085', 'a character that YAML cannot contain'],
    [{ a: '\tb\nc' }, ['a'], '\tb\nc', 'an error, because its first line begins with a tab'],
  ])('%j', (json, path, got, as) => {
    const printer = new YamlText();
    for (let i = 0; i < 2; i++) { // what is printed once is remembered
      expect(misreads(json, printer)).toEqual([{ path, got, as }]);
      expect(misreads({ fine: '0x1F', 1000: '<<' }, printer)).toEqual([]);
    }
  });

  test('the text is that of cdk8s', () => {
    const json = { a: '0o17' };
    expect(new YamlText().document(json, () => undefined)).toBe(Yaml.stringify(json));
  });

  test('with the place of the document in its file', () => {
    const found: [string, number][] = [];
    new YamlText().file([{ a: 1 }, { a: '0o1' }, { a: '0o1', b: '0o2' }], ({ path }, place) => found.push([path.join('.'), place]));
    expect(found).toEqual([['a', 1], ['a', 2]]);
  });
});
