import { className, isNamed, markClass } from '../../src/diagnostics/class-name';

const nameOf = (value: object) => className(Object.getPrototypeOf(value));

/** A class as a bundler leaves it, with the mark that jsii writes. */
const renamed = () => {
  class _a {}
  Object.assign(_a, { [Symbol.for('jsii.rtti')]: { fqn: 'cdk8s-istio.Retries', version: '0.0.0' } });
  return _a;
};

test('a class that a bundler renamed has the name of its mark, in each copy of the package', () => {
  expect([renamed(), renamed()].map(type => nameOf(new type()))).toEqual(['Retries', 'Retries']);
});

test('a subclass does not have the mark of its base', () => {
  class Mine extends renamed() {}
  expect(nameOf(new Mine())).toBe('Mine');
});

test('a class that is not exported is marked by hand', () => {
  class _b {}
  markClass(_b, 'MeshServiceBase');
  expect(nameOf(new _b())).toBe('MeshServiceBase');
});

test.each<[string, boolean]>([['Retries', true], ['ries', false], ['cdk8s-istio.Retries', false], ['_a', false]])('a renamed class is called %s: %p', (name, expected) => {
  expect(isNamed(renamed().prototype, name)).toBe(expected);
});

test('a class without a mark has the name of its function', () => {
  class Mine {}
  expect(['Mine', 'Min'].map(name => isNamed(Mine.prototype, name))).toEqual([true, false]);
});

test('objects without a class', () => {
  expect(nameOf({})).toBe('Object');
  expect(nameOf(Object.create(Object.create(null)))).toBeUndefined();
});
