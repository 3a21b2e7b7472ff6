import { App, Chart } from 'cdk8s';
import { Cpu, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkAtSynthesis, refuseAtSynthesis } from '../../src/kernel/collect-errors';
import { makeWorkload } from '../../src/services/pods/version-workload';
import { perSynthesis } from '../../src/synthesis/per-synthesis';

/** Two constructs with a check, and how often the question of both was answered. */
function asking(): { readonly app: App; readonly first: Construct; readonly count: () => number } {
  const app = new App();
  const chart = new Chart(app, 'chart', { namespace: 'shop' });
  const [first, second] = ['first', 'second'].map(id => new Construct(chart, id));
  let answered = 0;
  const ask = perSynthesis((_: Construct) => (answered += 1));
  [first, second].forEach(construct => refuseAtSynthesis(construct, () => ask(chart)));
  return { app, first, count: () => answered };
}

test('cdk8s validates an App twice, and each time a question is answered once', () => {
  const { app, count } = asking();
  app.synthYaml();
  expect(count()).toBe(2);
});

test('a check that runs by itself answers its questions again', () => {
  const { app, first, count } = asking();
  first.node.validate();
  expect(count()).toBe(1);
  app.synthYaml();
  first.node.validate();
  first.node.validate();
  expect(count()).toBe(5);
});

test('a check that runs again in one validation answers its questions again', () => {
  const { app, first, count } = asking();
  app.node.validate();
  first.node.validate();
  expect(count()).toBe(1);
  first.node.validate();
  expect(count()).toBe(2);
});

test('a check that a check adds runs, too', () => {
  const { app, first } = asking();
  const late = new Construct(first, 'late');
  checkAtSynthesis(first, () => {
    checkAtSynthesis(late, () => ['late']);
    return [];
  });
  expect(() => app.synthYaml()).toThrow('[chart/first/late] late');
});

test('after a validation of a user, checks answer their questions again', () => {
  const { app, first, count } = asking();
  first.node.addValidation({ validate: () => [] });
  app.synthYaml();
  expect(count()).toBe(4);
});

test('the autoscaler of a version changes nothing, so checks after it share their answers', () => {
  const { app, first, count } = asking();
  makeWorkload(first, { name: 'web-v1', namespace: 'shop', selector: { app: 'web' }, ports: [] }, {
    containers: [{ image: 'web', resources: { cpu: { request: Cpu.millis(100) } } }], autoscaling: { maxReplicas: 3 },
  }, new ServiceAccount(first, 'account'));
  app.synthYaml();
  expect(count()).toBe(2);
});
