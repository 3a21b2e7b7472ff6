import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { MeshApp, MeshNamespace } from 'cdk8s-istio';

/** A chart whose service is called by a second one, which is created later. */
function shop(app: App): Chart {
  const chart = new Chart(app, 'shop');
  const namespace = new MeshNamespace(chart, 'shop');
  service(namespace, 'web').calls(service(namespace, 'cart'));
  return chart;
}

option('MeshApp.constructor', 'takes the properties of an App', () => {
  const app = new MeshApp({ outdir: 'manifests', outputFileExtension: '.yaml' });
  expect([app.outdir, app.outputFileExtension]).toEqual(['manifests', '.yaml']);
  expect(refusal(() => new MeshApp([] as never)).message).toMatch(/^IM0001 at MeshApp: the object of properties is of the wrong type\./);
  expect(refusal(() => new MeshApp({ outdir: 5 as never })).message).toMatch(/^IM0001 at MeshApp: outdir is of the wrong type\./);
});

option('MeshApp.synthChart', 'returns what Testing.synth returns, for every App', () => {
  const expected = Testing.synth(shop(new App()));
  expect(MeshApp.synthChart(shop(new MeshApp()))).toEqual(expected);
  expect(MeshApp.synthChart(shop(new App()))).toEqual(expected);
  expect(refusal(() => MeshApp.synthChart(new App() as never)).code).toBe('IM0001');
});

test('a chart whose class changes its manifests is written as changed', () => {
  class Named extends Chart {
    public override toJson(): unknown[] {
      return super.toJson().map(json => ({ ...json, team: 'shop' }));
    }
  }
  const texts = [new MeshApp(), new App()].map(app => {
    new ApiObject(new Named(app, 'named'), 'thing', { apiVersion: 'v1', kind: 'Thing' });
    return app.synthYaml();
  });
  expect(texts[0]).toContain('team: shop');
  expect(texts[0]).toBe(texts[1]);
});

test('an App can be synthesized again after a construct and a label are added', () => {
  const texts = [new MeshApp(), new App()].map(app => {
    const chart = shop(app);
    const first = app.synthYaml();
    const namespace = chart.node.findChild('shop') as MeshNamespace;
    const late = service(namespace, 'late');
    late.calls(namespace.node.findChild('cart') as never);
    chart.node.findAll().filter(ApiObject.isApiObject)[0].metadata.addLabel('late', 'yes');
    return [first, app.synthYaml(), app.synthYaml()];
  });
  const [first, second, third] = texts[0];
  expect(second).not.toBe(first);
  expect(second).toContain('name: late');
  expect(second).toContain('late: "yes"');
  expect(third).toBe(second);
  expect(texts[0]).toEqual(texts[1]);
});

test('a label that a validation sets is written', () => {
  const app = new MeshApp();
  const object = new ApiObject(new Chart(app, 'chart'), 'thing', { apiVersion: 'v1', kind: 'Thing' });
  app.node.addValidation({
    validate: () => {
      object.metadata.addLabel('valid', 'yes');
      return [];
    },
  });
  expect(app.synthYaml()).toContain('valid: "yes"');
});
