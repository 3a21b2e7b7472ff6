import { Duration } from 'cdk8s';
import { app, chart } from '../helpers/build';
import { MeshError, MeshPort } from 'cdk8s-istio';

const message = (refusal: ConstructorParameters<typeof MeshError>[2], code: ConstructorParameters<typeof MeshError>[0] = 'IM0101') =>
  new MeshError(code, 'a port', refusal).message;

test('a refusal is an error that carries its code and its place', () => {
  const error = new MeshError('IM1203', chart({ id: 'bookinfo' }), { problem: 'weights add up to 90, must be 100' });
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(MeshError);
  expect([error.name, error.code, error.at]).toEqual(['MeshError', 'IM1203', 'bookinfo']);
  expect(String(error)).toBe(`MeshError: ${error.message}`);
});

test('the place may be the call that made a value', () => {
  expect(new MeshError('IM0102', 'MeshPort.http(15001)', { problem: 'x' })).toMatchObject({ at: 'MeshPort.http(15001)', code: 'IM0102' });
});

describe('the message', () => {
  test('says all there is, in this order', () => {
    expect(message({ next: 'ask', allowed: 'that', got: 'this', problem: 'it is wrong' }, 'IM1105')).toBe([
      'IM1105 at a port: it is wrong.',
      '  got      \'this\'',
      '  allowed  that',
      '  next     ask',
      '  istio    IST0101',
    ].join('\n'));
  });

  test('takes the remedy of the catalogue where nothing better is known', () => {
    expect(message({ problem: 'it is wrong' })).toBe('IM0101 at a port: it is wrong.\n  next     use the number the container listens on');
  });

  test.each<[string, unknown, string]>([
    ['text, in quotes', 'www', '\'www\''],
    ['text of digits, which is no number', '8080', '\'8080\''],
    ['empty text', '', '\'\''],
    ['text of more than one line', 'a\n\t"it\'s"', '\'a\\n\\t"it\\\'s"\''],
    ['a number', 1.5, '1.5'],
    ['no number', NaN, 'NaN'],
    ['infinity', -Infinity, '-Infinity'],
    ['a boolean', false, 'false'],
    ['null', null, 'null'],
    ['what was left out', undefined, 'undefined'],
    ['a big integer', BigInt(10), '10'],
    ['a list', ['a', 1], '["a",1]'],
    ['an object', { v1: 50 }, '{"v1":50}'],
    ['a function', () => 1, '(function)'],
    ['a symbol', Symbol('x'), '(symbol)'],
    ['what JSON writes otherwise', { big: BigInt(1), list: [undefined, NaN], out: undefined, call: () => 1 }, '{"big":1,"list":[undefined,NaN],"call":(function)}'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['seconds', Duration.minutes(1), 'Duration.seconds(60)'],
    ['parts of a second', [Duration.seconds(0.5)], '[Duration.millis(500)]'],
    ['an object of a class', MeshPort.http(80), '(MeshPort)'],
    ['a construct', chart({ id: 'shop' }), '(Chart shop)'],
    ['an App', app(), '(App)'],
  ])('shows %s', (_, got, shown) => {
    expect(message({ problem: 'x', got }).split('\n')[1]).toBe(`  got      ${shown}`);
  });

  test('shows an object that contains itself', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(message({ problem: 'x', got: loop }).split('\n')[1]).toBe('  got      {"self":(itself)}');
  });

  test('shows a value that belongs to no construct as it is', () => {
    expect(message({ problem: 'x', found: '80 (http), 81 (http)' })).toContain('\n  got      80 (http), 81 (http)\n');
  });

  test('does not show what was not handed in', () => {
    expect(message({ problem: 'x' })).not.toContain('got');
    expect(message({ problem: 'x', got: undefined })).toContain('  got      undefined');
  });
});
