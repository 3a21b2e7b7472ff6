import { ApiObject } from 'cdk8s';
import { app, chart, find, messages, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  MeshCluster, MeshNamespace, MeshPort, MeshService, MeshSettings, MeshSettingsProps, MeshTelemetry, MeshTelemetryProps, TelemetryLogging,
  TelemetryMetrics, TelemetryTracing, TracingProvider,
} from 'cdk8s-istio';

/** The Telemetry of a namespace. */
function spec(props: MeshTelemetryProps) {
  const root = chart();
  new MeshTelemetry(root, 'telemetry', props);
  return find(valid(root), 'Telemetry', 'namespace-default', 'shop').spec;
}
const logging = (accessLog: TelemetryLogging) => spec({ accessLog }).accessLogging;
const tracing = (options: TelemetryTracing) => spec({ tracing: options }).tracing;
const metrics = (options: TelemetryMetrics) => spec({ metrics: options }).metrics;
const codeOf = (props: object) => refusal(() => spec(props)).code;

option('MeshTelemetry.constructor', 'a full chart: a namespace, a service of it, and the mesh', () => {
  const root = app();
  const [shop, system] = ['shop', 'istio-system'].map(namespace => chart({ scope: root, id: namespace, namespace }));
  const reviews = service(shop);
  new MeshTelemetry(shop, 'all', { accessLog: { filter: 'response.code >= 400' }, metrics: { withoutTags: ['request_protocol'] } });
  new MeshTelemetry(shop, 'of-reviews', { service: reviews, tracing: { sampling: 100 } });
  new MeshTelemetry(system, 'mesh', { accessLog: {} });
  expect(valid(root).filter(({ kind }) => kind === 'Telemetry')).toMatchSnapshot();
});

option('MeshTelemetryProps.service', 'is who it is for', () => {
  const root = chart();
  new MeshTelemetry(root, 'telemetry', { service: service(root), accessLog: {} });
  expect(find(valid(root), 'Telemetry', 'reviews', 'shop').spec.selector).toEqual({ matchLabels: { app: 'reviews' } });
});
option('MeshTelemetryProps.accessLog', 'is the log of the mesh', () => expect(spec({ accessLog: {} })).toEqual({ accessLogging: [{ providers: [{ name: 'envoy' }] }] }));
option('TelemetryLogging.enabled', 'is whether there is one', () => {
  expect(logging({ enabled: false })).toEqual([{ disabled: true, providers: [{ name: 'envoy' }] }]);
  expect(logging({ enabled: true })).toEqual(logging({}));
});
option('TelemetryLogging.filter', 'is an expression', () => {
  expect(logging({ filter: 'response.code >= 400' })[0].filter).toEqual({ expression: 'response.code >= 400' });
  expect([codeOf({ accessLog: { filter: ' ' } }), codeOf({ accessLog: { filter: 'true', enabled: false } })]).toEqual(['IM1615', 'IM1615']);
});
option('MeshTelemetryProps.tracing', 'is one entry, as Istio reads one', () => expect(spec({ tracing: { sampling: 5 } })).toEqual({ tracing: [{ randomSamplingPercentage: 5 }] }));
option('TelemetryTracing.provider', 'is one that the mesh knows', () => {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
  const [known, unknown] = ['known', 'unknown'].map(name => TracingProvider.openTelemetry(name, { service: collector }));
  const made = new MeshTelemetry(root, 'telemetry', { tracing: { provider: known } });
  const other = new MeshTelemetry(chart({ scope: root.node.root as never, id: 'other', namespace: 'other' }), 'telemetry', { tracing: { provider: unknown } });
  expect([made, other].flatMap(each => each.node.validate())).toEqual([]); // the providers of the mesh are not declared
  new MeshSettings(root, 'settings', { tracingProviders: [known] });
  expect(made.node.validate()).toEqual([]);
  expect(other.node.validate()).toEqual([[
    'IM1613 at other/telemetry: chart/settings has no provider unknown.', '  got      \'unknown\'', '  allowed  known',
    '  next     add it to `tracingProviders` of MeshSettings',
  ].join('\n')]);
  expect((ApiObject.of(made).toJson() as { spec: object }).spec).toEqual({ tracing: [{ providers: [{ name: 'known' }] }] });
});
option('TelemetryTracing.sampling', 'is a percentage, 0 too', () => {
  expect(tracing({ sampling: 0 })).toEqual([{ randomSamplingPercentage: 0 }]);
  expect([codeOf({ tracing: { sampling: 101 } }), codeOf({ tracing: { sampling: -1 } })]).toEqual(['IM1609', 'IM1609']);
});
option('TelemetryTracing.enabled', 'is whether spans are reported', () => expect(tracing({ enabled: false })).toEqual([{ disableSpanReporting: true }]));
option('TelemetryTracing.tags', 'are the same on each span', () => {
  expect(tracing({ tags: { team: 'shop' } })).toEqual([{ customTags: { team: { literal: { value: 'shop' } } } }]);
  expect(codeOf({ tracing: { tags: { team: '' } } })).toBe('IM1615');
});
option('TelemetryTracing.tagsFromHeaders', 'are of the request', () => {
  expect(tracing({ tagsFromHeaders: { user: 'x-user' }, tags: { team: 'shop' } }))
    .toEqual([{ customTags: { team: { literal: { value: 'shop' } }, user: { header: { name: 'x-user' } } } }]);
  expect(refusal(() => tracing({ tags: { user: 'a' }, tagsFromHeaders: { user: 'x-user' } })).message).toBe([
    'IM1615 at chart/telemetry: the tag user is set twice.', '  got      \'user\'', '  next     correct it',
  ].join('\n'));
});
option('MeshTelemetryProps.metrics', 'are those of Prometheus', () => expect(spec({ metrics: {} })).toEqual({ metrics: [{ providers: [{ name: 'prometheus' }] }] }));
option('TelemetryMetrics.enabled', 'is whether there are any', () => expect(metrics({ enabled: false })[0].overrides).toEqual([{ disabled: true }]));
option('TelemetryMetrics.withoutTags', 'are left out', () => {
  expect(metrics({ withoutTags: ['source_app'] })[0].overrides).toEqual([{ tagOverrides: { source_app: { operation: 'REMOVE' } } }]);
  expect(codeOf({ metrics: { withoutTags: [''] } })).toBe('IM1615');
});
option('TelemetryMetrics.tags', 'are further ones', () => {
  expect(metrics({ tags: { method: 'request.method' } })[0].overrides).toEqual([{ tagOverrides: { method: { operation: 'UPSERT', value: 'request.method' } } }]);
  expect(codeOf({ metrics: { tags: { method: 'a' }, withoutTags: ['method'] } })).toBe('IM1615');
  expect(refusal(() => spec({ metrics: { tags: { 'a b': 'request.method' } } })).message).toBe([
    'IM1615 at chart/telemetry: no metric of Prometheus has such a tag.',
    '  got      \'a b\'',
    '  allowed  letters, digits and underscores, no digit first',
    '  next     correct it',
  ].join('\n'));
  expect(codeOf({ metrics: { withoutTags: ['request-protocol'] } })).toBe('IM1615');
  expect(refusal(() => spec({ metrics: { enabled: false, tags: { method: 'request.method' } } })).message).toContain('IM1615 at chart/telemetry: there are tags of metrics that are off');
});

describe('refused', () => {
  test('nothing to say', () => {
    expect(refusal(() => spec({})).message).toBe([
      'IM1614 at chart/telemetry: there is nothing to log, trace or measure.', '  next     name one of accessLog, tracing, metrics',
    ].join('\n'));
  });

  test('two for the same proxies', () => {
    const root = chart();
    new MeshTelemetry(root, 'one', { accessLog: {} });
    expect(refusal(() => new MeshTelemetry(root, 'other', { tracing: {} })).message).toBe([
      'IM1614 at chart/other: chart/one is for the same proxies, and Istio would read the older one.', '  got      \'shop/\'', '  next     say everything in one',
    ].join('\n'));
  });

  test('a service of another namespace, and of another cluster', () => {
    const root = app();
    const [here, there] = ['here', 'there'].map(namespace => chart({ scope: root, id: namespace, namespace }));
    expect(refusal(() => new MeshTelemetry(here, 'telemetry', { service: service(there), accessLog: {} })).message).toBe([
      'IM1614 at here/telemetry: reviews is in another namespace, where this is not read.', '  got      \'there\'', '  allowed  here',
      '  next     put it into the namespace of the service',
    ].join('\n'));
    const far = service(chart({ scope: new MeshCluster(root, 'far'), namespace: 'here' }));
    expect(refusal(() => new MeshTelemetry(here, 'other', { service: far, accessLog: {} })).code).toBe('IM1008');
  });

  test.each<[string, object]>([
    ['a log by name', { accessLog: 'envoy' }], ['a sampling by text', { tracing: { sampling: '5' } }], ['a misspelled property', { tracing: {}, metric: {} }],
  ])('%s', (_, props) => expect(codeOf(props)).toBe('IM0001'));
});

describe('traces without a provider', () => {
  const tried = (traced: MeshTelemetryProps['tracing'], settings?: MeshSettingsProps, around?: string) => {
    const root = chart();
    const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.http(9411)] });
    const zipkin = TracingProvider.zipkin('zipkin', { service: collector });
    if (settings) {
      new MeshSettings(root, 'settings', { tracingProviders: [zipkin], ...settings });
    }
    if (around) {
      new MeshTelemetry(MeshNamespace.fromExisting(root, around), 'around', { tracing: { provider: zipkin } });
    }
    new MeshTelemetry(root, 'telemetry', { service: service(root), tracing: traced });
    return messages(root);
  };

  test('of a service', () => {
    expect(tried({ sampling: 10 }, {})).toEqual([[
      'IM1620 at chart/telemetry: no provider receives the traces: neither chart/settings nor the Telemetry of the namespace or the mesh names one.',
      '  next     name a provider in `tracing` of MeshSettings, or here: { tracing: { provider: … } }',
    ].join('\n')]);
  });

  test('that a provider receives, or that are off', () => {
    expect(tried({ sampling: 10 }, {}, 'shop')).toEqual([]);
    expect(tried({ sampling: 10 }, {}, 'istio-system')).toEqual([]);
    expect(tried({ sampling: 10 }, {}, 'other')).toHaveLength(1);
    expect(tried({ enabled: false }, {})).toEqual([]);
    expect(tried({ sampling: 10 }, { meshConfig: { defaultProviders: { tracing: ['zipkin'] } } })).toEqual([]);
    // The settings of a mesh that is not described here are not known.
    expect(tried({ sampling: 10 })).toEqual([]);
  });
});
