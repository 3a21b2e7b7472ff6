import { chart, refusal, service } from '../helpers/build';
import { MeshNamespace } from 'cdk8s-istio';

test('an id that is taken in the scope', () => {
  const shop = chart();
  service(shop);
  expect(refusal(() => service(shop)).message).toBe([
    'IM1007 at chart/reviews: the scope already has reviews.',
    '  got      \'reviews\'',
    '  next     rename one of them, or use the first one in both places',
  ].join('\n'));
});

test.each([['empty', '', '\'\''], ['missing', undefined, 'undefined'], ['no text', 5, '5']])('an id that is %s', (_, id, got) => {
  const { code, message } = refusal(() => new MeshNamespace(chart(), id as string));
  expect([code, message.split('\n')[1]]).toEqual(['IM0106', `  got      ${got}`]);
});

test.each([undefined, null, {}, 'chart'])('a scope that is %p', scope => {
  const { code, message } = refusal(() => service(scope as never));
  expect([code, message.split('\n')[0]]).toEqual(['IM0001', 'IM0001 at reviews: the scope is no construct.']);
});
