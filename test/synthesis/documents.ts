import * as fc from 'fast-check';

/** Parts of strings that mean something in YAML, in JSON, or to a terminal. */
const PARTS = [
  '', ' ', '  ', '\t', '\n', '\n\n', '\n  ', '\r', '\r\n', '#', ' #', ':', ': ', '-', '- ', '?', '? ', '--', '---', '...', '%', '"', '\'', '\\', '{', '}', '[', ']', ',',
  '&a', '*a', '!', '!!str', '|', '|-', '>', '@', '`', '~', '=', '<<', '.nan', '.inf', '-.INF',
  '0', '1', '9', '17', '08', '0x1f', '0b1', '0o7', '1e3', 'e5', 'E', '.', '_', '+', ':30', '2001-1-1', 'T', 't1:2:3', '12:30:45', 'Z', '+01:00',
  '\u00e9', '\u20ac', '\ud83d\ude00', '\ud800', '\udc00', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff', '\0', '\x07', '\x0b', '\x1b', '\x7f', '\x9f',
  'word', 'a b', 'UPPER', '__proto__', 'toJSON', '/path/to', 'example.com', '10.0.0.0/8', '100m', 'sh -c "echo $HOME"', 'it\'s', 'x'.repeat(90), 'long line '.repeat(12),
];

/** Words that YAML 1.1 reads as a boolean or null, and words like these. */
const WORDS = ['null', 'y', 'n', 'yes', 'no', 'true', 'false', 'on', 'off', 'nul', 'ye', 'of']
  .flatMap(word => [word, word.toUpperCase(), `${word[0].toUpperCase()}${word.slice(1)}`, `${word.slice(0, -1)}${word.slice(-1).toUpperCase()}`]);

/** Characters of numbers and times. */
const OF_NUMBERS = [...'0123456789017_.:+-eExXboZT '];

/** The parts that a line may have: a text with others is printed by cdk8s, or as a block. */
const LINE_PARTS = PARTS.filter(part => !/[\0-\x08\n-\x1f\x7f-\x9f\ud800\udc00]/.test(part));

const joined = (parts: string[], maxLength: number, separator = '') => fc.array(fc.constantFrom(...parts), { maxLength }).map(chosen => chosen.join(separator));
const ascii = (maxLength: number) => fc.string({ unit: 'grapheme-ascii', maxLength });

/** Days, times and zones, some of them complete. */
const times = fc.tuple(
  fc.constantFrom('2001-01-01', '2001-1-1', '20010-01-01', '12', ''),
  fc.constantFrom('t', 'T', ' ', '\t ', '-', ''),
  fc.constantFrom('01:02:03', '1:2:3', '1:02:60.', '1:2:3.45', '1:2', '001:2:3', ''),
  fc.constantFrom('Z', ' Z', '+1', '-03:30', '\t+29:00', '+3:0', ' z', ''),
).map(parts => parts.join(''));

/** Texts of one line. */
const lines = fc.oneof(
  { weight: 6, arbitrary: joined(LINE_PARTS, 6) },
  { weight: 4, arbitrary: joined(OF_NUMBERS, 9) },
  { weight: 2, arbitrary: fc.constantFrom(...LINE_PARTS) },
  { weight: 3, arbitrary: ascii(60) },
  { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: times },
);

/** Texts of several lines, most of them regular. */
const blocks = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.oneof(ascii(20), joined(LINE_PARTS, 3)), { maxLength: 6 }).map(all => all.join('\n')) },
  { weight: 3, arbitrary: joined(['a', '- b', '#c', '  d', '', '---', 'e: f'], 6, '\n').map(text => `x${text}y\n`) },
);

/** Texts with all characters. */
const odd = fc.oneof(
  joined(PARTS, 6),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.tuple(fc.constantFrom(...PARTS), fc.integer({ min: 300, max: 1030 })).map(([part, length]) => part.repeat(length).slice(0, length)),
);

const strings = fc.oneof({ weight: 20, arbitrary: lines }, { weight: 4, arbitrary: blocks }, { weight: 1, arbitrary: odd });
const longKeys = fc.integer({ min: 1015, max: 1030 }).map(length => 'x'.repeat(length));
const keys = fc.oneof({ weight: 150, arbitrary: lines }, { weight: 1, arbitrary: fc.oneof(blocks, odd, longKeys) });

const numbers = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true }), fc.constantFrom(0, 1e21, 1e-7, -1.5)) },
  { weight: 1, arbitrary: fc.constantFrom(-0, NaN, Infinity, -Infinity) },
);

/** Values that JSON does not have. */
const noJson = fc.constantFrom<unknown>(
  undefined, 1n, new Date(0), new Map([['a', 1]]), new Set(['a']), /a/, Buffer.from('a'), Symbol('a'), () => 'a', new String('a'), Object.create(null),
);

/** Objects that a document may contain at several places. */
const shared = fc.constantFrom<unknown>({}, [], { a: 1 }, ['a', { b: [] }]);

const scalars = fc.oneof(
  { weight: 8, arbitrary: strings }, { weight: 2, arbitrary: numbers }, { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
);

/** A map, as objects of Kubernetes are, or a list. */
function collection(...leaves: fc.WeightedArbitrary<unknown>[]): fc.Arbitrary<unknown> {
  const { map, list } = fc.letrec<{ value: unknown; map: object; list: unknown[] }>(tie => ({
    value: fc.oneof({ depthSize: 'medium' }, ...leaves, { weight: 5, arbitrary: tie('map') }, { weight: 3, arbitrary: tie('list') }),
    map: fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map(entries => Object.fromEntries(entries)),
    list: fc.array(tie('value'), { maxLength: 4 }),
  }));
  return fc.oneof({ weight: 6, arbitrary: map }, { weight: 1, arbitrary: list });
}

/** Documents: most are JSON, some have other values, or one object at several places. */
export const documents: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: collection({ weight: 8, arbitrary: scalars }) },
  { weight: 1, arbitrary: collection({ weight: 8, arbitrary: scalars }, { weight: 2, arbitrary: shared }) },
  { weight: 1, arbitrary: collection({ weight: 8, arbitrary: scalars }, { weight: 1, arbitrary: noJson }) },
  { weight: 1, arbitrary: fc.oneof(scalars, noJson) },
);
