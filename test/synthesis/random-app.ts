import { ApiObject, App, AppProps, Chart, JsonPatch, Lazy } from 'cdk8s';
import { ConfigMap, k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import fc from 'fast-check';
import { networking } from 'cdk8s-istio';

/** One step of a program that fills an App. */
interface Step {
  readonly kind: 'chart' | 'nested' | 'group' | 'plain' | 'configMap' | 'deployment' | 'virtualService' | 'depend' | 'patch' | 'label' | 'problem' | 'unknown';
  /** Selects constructs among those that exist. */
  readonly at: number;
  readonly to: number;
  readonly id: string;
  readonly value: unknown;
}

const KINDS: readonly Step['kind'][] = ['chart', 'nested', 'group', 'plain', 'configMap', 'deployment', 'virtualService', 'depend', 'patch', 'label', 'problem', 'unknown'];

const TEXT = fc.oneof(
  fc.string({ maxLength: 12 }), fc.constantFrom('on', '1.0', '0x1f', 'null', '~', '- a', 'a: b', '# c', 'a\nb\n', ' a', 'constructor', 'value', '10'), fc.lorem({ maxCount: 3 }),
);
const { value: VALUE } = fc.letrec(tie => ({
  value: fc.oneof({ depthSize: 'small' }, TEXT, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constantFrom(null, undefined, {}, []),
    fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(TEXT.filter(key => key !== '__proto__'), tie('value'), { maxKeys: 3 }),
    tie('value').map(value => Lazy.any({ produce: () => value })), fc.integer().map(port => k8s.IntOrString.fromNumber(port)),
    TEXT.map(text => ({ resolve: () => text })), fc.constantFrom(new Date(0), () => 1)),
}));

/** Programs for Apps, from one step to many. Rare steps make cdk8s refuse the App. */
export const PROGRAMS = fc.array(fc.record({
  kind: fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...KINDS.slice(0, 10)) }, { weight: 1, arbitrary: fc.constantFrom(...KINDS.slice(10)) }),
  at: fc.nat(),
  to: fc.nat(),
  id: fc.oneof(fc.nat({ max: 30 }).map(String), fc.stringMatching(/^[a-z]{1,3}$/)),
  value: VALUE,
}), { minLength: 1, maxLength: 25 });

/** Fills an App. The same program gives the same constructs. */
export function build<T extends App>(type: new (props: AppProps) => T, props: AppProps, steps: readonly Step[]): T {
  const app = new type(props);
  const all: IConstruct[] = [new Chart(app, 'first')];
  steps.forEach(({ kind, at, to, id, value }, i) => {
    const pick = <C>(list: readonly C[], place: number) => list[place % list.length];
    const charts = all.filter(Chart.isChart);
    const objects = all.filter(ApiObject.isApiObject);
    const scope = pick(all.filter(construct => !ApiObject.isApiObject(construct)), at) as Construct;
    const unique = (below: IConstruct) => (below.node.tryFindChild(id) ? `${id}-${i}` : id);
    const made: { [step in Step['kind']]: () => unknown } = {
      chart: () => all.push(new Chart(app, unique(app), { namespace: 'shop', labels: { chart: id } })),
      nested: () => all.push(new Chart(pick(charts, at), unique(pick(charts, at)))),
      group: () => all.push(new Construct(scope, unique(scope))),
      plain: () => all.push(new ApiObject(scope, unique(scope), { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: id, ...at % 3 ? {} : { annotations: value as never } }, spec: value } as never)),
      configMap: () => all.push(ApiObject.of(new ConfigMap(scope, unique(scope), { data: { [id]: String(value) } }))),
      deployment: () => all.push(new k8s.KubeDeployment(scope, unique(scope), {
        spec: { selector: { matchLabels: { clusterIp: id } }, template: { spec: { containers: [{ name: id, env: [{ name: 'A', value: value as never }] }] } }, strategy: value as never },
      })),
      virtualService: () => all.push(new networking.VirtualService(scope, unique(scope), {
        metadata: { labels: { [id]: id } }, spec: { hosts: [id], http: [{ match: [{ headers: { 'x-a': { exact: 'b' }, 'ignoreUriCase': {} } }], route: [{ destination: { host: id, port: { number: at } } }] }], tls: value as never },
      })),
      depend: () => pick(all, at).node.addDependency(pick(all, to)),
      patch: () => objects.length > 0 && pick(objects, at).addJsonPatch(JsonPatch.add(pick(['/metadata/labels', '/spec', '/metadata', '/extra', '/spec/none/none'], to), value ?? {})),
      label: () => objects.length > 0 && pick(objects, at).metadata.addLabel(id, Lazy.any({ produce: () => value }) as never),
      problem: () => pick(all, at).node.addValidation({ validate: () => [id, `${to}`] }),
      unknown: () => all.push(new ApiObject(scope, unique(scope), { apiVersion: 'v1', kind: 'Odd', data: new Map([[id, 1]]) } as never)),
    };
    made[kind]();
  });
  return app;
}
