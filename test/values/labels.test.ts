import { annotation, isLabelValue, label, labels, labelsKey } from '../../src/values/labels';
import { refusal } from '../helpers/build';

const LONG = 'a'.repeat(63);

describe('labels', () => {
  test.each<[string, string]>([
    ['app', 'reviews'], ['a', ''], ['App.Kubernetes_io-x', 'A_b.c-1'], ['app.kubernetes.io/name', 'reviews'], [`example.com/${LONG}`, LONG], ['1', '1'],
  ])('%s=%s is taken', (key, value) => {
    expect(labels({ [key]: value }, 'x')).toEqual({ [key]: value });
  });

  test('a key of another form is refused', () => {
    expect(refusal(() => label('my label', 'x', 'shop/reviews')).message).toBe([
      'IM0107 at shop/reviews: the key of a label has the wrong form.',
      '  got      \'my label\'',
      '  allowed  an optional DNS name and a slash, then at most 63 letters, digits, dashes, dots and underscores',
      '  next     use the label syntax of Kubernetes',
    ].join('\n'));
  });

  test.each(['', '-a', 'a-', `${LONG}a`, '/a', 'a/', 'a/b/c', 'Example.com/a', 'a b/c', '_'])('key %p is refused', key => {
    expect(refusal(() => label(key, 'x', 'y'))).toMatchObject({ code: 'IM0107', at: 'y' });
  });

  test('a value of another form is refused', () => {
    expect(refusal(() => labels({ app: 'reviews', tier: 'front end' }, 'shop/reviews')).message).toBe([
      'IM0107 at shop/reviews: the value of label tier has the wrong form.',
      '  got      \'front end\'',
      '  allowed  at most 63 letters, digits, dashes, dots and underscores, beginning and ending with a letter or digit',
      '  next     use the label syntax of Kubernetes',
    ].join('\n'));
  });

  test.each(['-', 'a-', '.a', `${LONG}a`, 'a/b', 'é', 1, true, null, undefined])('value %p is refused', value => {
    expect(isLabelValue(value)).toBe(false);
    expect(refusal(() => label('app', value as never, 'y'))).toMatchObject({ code: 'IM0107', at: 'y' });
  });

  test('as one text, whatever their order', () => {
    expect(labelsKey({ version: 'v1', app: 'reviews' })).toBe('app=reviews,version=v1');
    expect(labelsKey({ app: 'reviews', version: 'v1' })).toBe('app=reviews,version=v1');
    expect(labelsKey({})).toBe('');
  });
});

describe('annotations', () => {
  test.each<[string, string]>([
    ['prometheus.io/scrape', 'true'], ['sidecar.istio.io/inject', ''], ['a', 'any text at all: {"x": 1}\n'], ['Example.com/KEY', 'x'],
  ])('%s is taken', (key, value) => {
    expect(() => annotation(key, value, 'x')).not.toThrow();
  });

  test('a key of another form is refused', () => {
    expect(refusal(() => annotation('my key', 'x', 'shop/reviews')).message).toBe([
      'IM0110 at shop/reviews: the key of an annotation has the wrong form.',
      '  got      \'my key\'',
      '  allowed  an optional DNS name and a slash, then at most 63 letters, digits, dashes, dots and underscores',
      '  next     use the annotation syntax of Kubernetes',
    ].join('\n'));
  });

  test.each(['', '/', 'a/', '/a', 'a/b/c', `${LONG}a`])('key %p is refused', key => {
    expect(refusal(() => annotation(key, 'x', 'y'))).toMatchObject({ code: 'IM0110', at: 'y' });
  });

  test('a value that is no text is refused', () => {
    expect(refusal(() => annotation('prometheus.io/port', 9090 as never, 'shop/reviews')).message).toBe([
      'IM0110 at shop/reviews: the value of annotation prometheus.io/port is no text.',
      '  got      9090',
      '  allowed  a string',
      '  next     use the annotation syntax of Kubernetes',
    ].join('\n'));
  });
});
