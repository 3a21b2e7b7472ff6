import { ApiObject, App, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import { refusal } from '../helpers/build';
import { MeshApp, MeshCluster, MeshNamespace } from 'cdk8s-istio';

const WAYS: [create: () => App, render: (root: App, chart: Chart) => unknown][] = [
  [() => new App(), root => root.synthYaml()],
  [() => new App(), (_, chart) => Testing.synth(chart)],
  [() => new MeshApp(), root => root.synthYaml()],
  [() => new MeshApp(), (_, chart) => MeshApp.synthChart(chart)],
];

/** The refusal of a ConfigMap with these data in the App's cluster; none where it is printed. It is the same however the App is synthesized. */
function printed(data: { [key: string]: unknown }): string | undefined {
  const [message, ...others] = WAYS.map(([create, render]) => {
    const root = create();
    const shop = new Chart(root, 'shop');
    MeshCluster.of(shop);
    new ApiObject(shop, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });
    try {
      render(root, shop);
      return undefined;
    } catch (e) {
      return (e as Error).message;
    }
  });
  expect(others).toEqual([message, message, message]);
  return message;
}

describe('a value that kubectl reads as something else is refused', () => {
  test('with the object, the field and the value', () => {
    expect(printed({ mode: '0o17' })).toBe(`IM1016 at shop/map: data.mode of ConfigMap settings would be read as a number.
  got      '0o17'
  next     write it in another way; ConfigMaps and Secrets accept base64 in \`binaryData\` or \`data\``);
  });

  // Each was printed by cdk8s 2.70 and read by sigs.k8s.io/yaml 1.6: so was every text of up to four of the characters 017_e.+-xob:.
  test.each(['0o17', '-0o7', '+0o7', '0O7', '0o-7', '0o1_7', '1e3_4', '0e_1', '0X1F', '0B1', '0b+1', '0_x1', '0_b1', '+_1', '-_7'])('%s, a number', text => {
    expect(printed({ x: text })).toContain('IM1016 at shop/map: data.x of ConfigMap settings would be read as a number');
    expect(printed({ x: [{ y: text }] })).toContain('data.x.0.y of ConfigMap');
    expect(printed({ [text]: 'x' })).toContain(`data.${text} of ConfigMap`);
  });

  test.each(['17', '0x1F', '0b11', '1e3', '1E+3', '.5', '1_000', '0o8', '0o', '1e', 'e1', '-', '+', '.', '1:20', '2001-01-01', 'on', 'y', 'null', '~', '_1', '<<', '='])('%s is printed as the text it is', text => {
    expect(printed({ x: text })).toBeUndefined();
  });

  test.each(['\ta\n', '\ta\nb', '\n\ta', '\n\n\ta\n'])('lines of which the first begins with a tab', text => {
    expect(printed({ x: text })).toContain('data.x of ConfigMap settings would be read as an error, because its first line begins with a tab.');
  });

  test.each(['\ta', 'a\n\tb\n', ' \ta\nb', '\t\n', 'a\r\n\tb', ' a\n'])('other tabs and blanks are printed as they are: %j', text => {
    expect(printed({ x: text })).toBeUndefined();
  });

  test.each(['\u0085', 'a\u2028b', '\u2029', '\u007f', '\u009f', '\ufffe', '\uffff', '\ud800', 'a\udc00'])('a character that YAML does not have: %j', text => {
    expect(printed({ x: text })).toContain('would be read as a character that YAML cannot contain');
    expect(printed({ [text]: 'x' })).toContain('would be read as a character that YAML cannot contain');
  });

  test.each(['\u0000', '\u001b', '\u00a0', '\ufeff', 'käse', '😀', 'a\rb'])('other characters are printed so that they are read: %j', text => {
    expect(printed({ x: text, [text]: 'x' })).toBeUndefined();
  });

  test('a key that merges maps', () => {
    expect(printed({ '<<': 'x' })).toContain('data.<< of ConfigMap settings would be read as the command to merge two maps');
  });

  test('numbers that JSON does not have', () => {
    expect(printed({ x: NaN })).toContain('data.x of ConfigMap settings would be read as a number that JSON does not have.\n  got      NaN\n');
    expect(printed({ x: Infinity })).toContain('IM1016');
    expect(printed({ x: [0, -1.5, 1e21] })).toBeUndefined();
  });

  test('wherever it comes from: a construct, a patch, a late value', () => {
    const root = new App();
    const shop = new Chart(root, 'shop');
    new MeshNamespace(shop, 'shop', { annotations: { mode: '1e3_4' } });
    expect(refusal(() => root.synthYaml()).message.split('\n')[0]).toBe('IM1016 at shop/shop/Resource: metadata.annotations.mode of Namespace shop would be read as a number.');

    let value = 'fine';
    const other = new App();
    const chart = new Chart(other, 'chart');
    MeshCluster.of(chart);
    const map = new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map' }, data: { x: Lazy.any({ produce: () => value }) } });
    other.synthYaml();
    value = '0o1';
    expect(refusal(() => other.synthYaml()).code).toBe('IM1016');
    map.addJsonPatch(JsonPatch.replace('/data/x', 'fine'));
    other.synthYaml();
    map.addJsonPatch(JsonPatch.add('/data/y', '0o2'));
    expect(refusal(() => other.synthYaml()).message).toContain('data.y of ConfigMap map');
  });
});
