import { chart, KubeObject, service } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import { MeshPort, MeshService, MeshTelemetry, MeshTelemetryProps, TelemetryMetrics, TelemetryTracing, TracingProvider } from 'cdk8s-istio';

/** The Telemetry of a namespace. */
function telemetry(props: MeshTelemetryProps): KubeObject[] {
  const root = chart();
  new MeshTelemetry(root, 'telemetry', props);
  return valid(root);
}

field('Telemetry.selector.matchLabels.*', 'MeshTelemetryProps.service', 'reviews', () => {
  const root = chart();
  new MeshTelemetry(root, 'telemetry', { service: service(root), accessLog: {} });
  return valid(root);
});

field('Telemetry.accessLogging[].providers[].name', 'MeshTelemetryProps.accessLog', 'envoy', () => telemetry({ accessLog: {} }));
field('Telemetry.accessLogging[].disabled', 'TelemetryLogging.enabled', true, () => telemetry({ accessLog: { enabled: false } }));
field('Telemetry.accessLogging[].filter.expression', 'TelemetryLogging.filter', 'response.code >= 400', () => telemetry({ accessLog: { filter: 'response.code >= 400' } }));

const metrics = (options: TelemetryMetrics) => telemetry({ metrics: options });
field('Telemetry.metrics[].providers[].name', 'MeshTelemetryProps.metrics', 'prometheus', () => metrics({}));
field('Telemetry.metrics[].overrides[].disabled', 'TelemetryMetrics.enabled', true, () => metrics({ enabled: false }));
field('Telemetry.metrics[].overrides[].tagOverrides.*.operation', 'TelemetryMetrics.withoutTags', 'REMOVE', () => metrics({ withoutTags: ['request_protocol'] }));
field('Telemetry.metrics[].overrides[].tagOverrides.*.operation', 'TelemetryMetrics.tags', 'UPSERT', () => metrics({ tags: { method: 'request.method' } }));
field('Telemetry.metrics[].overrides[].tagOverrides.*.value', 'TelemetryMetrics.tags', 'request.method', () => metrics({ tags: { method: 'request.method' } }));

const tracing = (options: TelemetryTracing) => telemetry({ tracing: options });
field('Telemetry.tracing[].providers[].name', 'TelemetryTracing.provider', 'otel', () => {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
  new MeshTelemetry(root, 'telemetry', { tracing: { provider: TracingProvider.openTelemetry('otel', { service: collector }) } });
  return valid(root);
});
field('Telemetry.tracing[].randomSamplingPercentage', 'TelemetryTracing.sampling', 5, () => tracing({ sampling: 5 }));
field('Telemetry.tracing[].disableSpanReporting', 'TelemetryTracing.enabled', true, () => tracing({ enabled: false }));
field('Telemetry.tracing[].customTags.*.literal.value', 'TelemetryTracing.tags', 'eu', () => tracing({ tags: { region: 'eu' } }));
field('Telemetry.tracing[].customTags.*.header.name', 'TelemetryTracing.tagsFromHeaders', 'x-tenant', () => tracing({ tagsFromHeaders: { tenant: 'x-tenant' } }));
