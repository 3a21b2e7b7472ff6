import { Construct } from 'constructs';
import { MeshSettings } from './mesh-settings';
import { MeshTelemetryProps, TelemetryMetrics, TelemetryTracing } from './mesh-telemetry-props';
import * as telemetry from '../../imports/telemetry.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { refuseAtSynthesis } from '../kernel/collect-errors';

const Operation = telemetry.TelemetrySpecMetricsOverridesTagOverridesOperation;

/** Refuses settings that Istio rejects or ignores. */
export function checkTelemetry(at: Construct, { accessLog, tracing, metrics }: MeshTelemetryProps): void {
  if (!accessLog && !tracing && !metrics) {
    throw new MeshError('IM1614', at, { problem: 'there is nothing to log, trace or measure', next: 'name one of accessLog, tracing, metrics' });
  }
  const { sampling, provider, tags = {}, tagsFromHeaders = {} } = tracing ?? {};
  if (sampling !== undefined && !(sampling >= 0 && sampling <= 100)) {
    throw new MeshError('IM1609', at, { problem: 'the share of requests that are traced is no percentage', got: sampling, allowed: 'a number from 0 to 100' });
  }
  const named = [...Object.entries(tags), ...Object.entries(tagsFromHeaders), ...Object.entries(metrics?.tags ?? {})];
  const empty = named.find(([name, value]) => name === '' || value === '') ?? metrics?.withoutTags?.find(name => name === '');
  const twice = Object.keys(tags).find(name => name in tagsFromHeaders) ?? metrics?.withoutTags?.find(name => name in (metrics.tags ?? {}));
  if (empty !== undefined || twice !== undefined) {
    throw new MeshError('IM1615', at, { problem: twice === undefined ? 'a tag has no name or no value' : `the tag ${twice} is set twice`, got: twice ?? empty });
  }
  const label = [...Object.keys(metrics?.tags ?? {}), ...metrics?.withoutTags ?? []].find(name => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (label !== undefined) {
    throw new MeshError('IM1615', at, { problem: 'no metric of Prometheus has such a tag', got: label, allowed: 'letters, digits and underscores, no digit first' });
  }
  if (metrics?.enabled === false && (metrics.tags ?? metrics.withoutTags)) {
    throw new MeshError('IM1615', at, { problem: 'there are tags of metrics that are off', got: metrics, next: 'drop the tags, or `enabled: false`' });
  }
  if (accessLog?.filter !== undefined && (accessLog.filter.trim() === '' || accessLog.enabled === false)) {
    throw new MeshError('IM1615', at, { problem: accessLog.enabled === false ? 'there is a filter of a log that is off' : 'the filter is empty', got: accessLog.filter });
  }
  if (provider) {
    refuseAtSynthesis(at, () => MeshSettings.of(at)?._knows(provider, at));
  }
}

/** What Istio reads. */
export function telemetrySpec({ service, accessLog, tracing, metrics }: MeshTelemetryProps): telemetry.TelemetrySpec {
  return {
    selector: service && { matchLabels: { ...service.podLabels } },
    accessLogging: accessLog && [{
      providers: [{ name: 'envoy' }],
      disabled: accessLog.enabled === false ? true : undefined,
      filter: accessLog.filter === undefined ? undefined : { expression: accessLog.filter },
    }],
    tracing: tracing && [traces(tracing)],
    metrics: metrics && [measured(metrics)],
  };
}

function traces({ provider, sampling, enabled, tags = {}, tagsFromHeaders = {} }: TelemetryTracing): telemetry.TelemetrySpecTracing {
  const all = Object.fromEntries([
    ...Object.entries(tags).map(([name, value]) => [name, { literal: { value } }] as const),
    ...Object.entries(tagsFromHeaders).map(([name, header]) => [name, { header: { name: header } }] as const),
  ].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    providers: provider && [{ name: provider.name }],
    randomSamplingPercentage: sampling,
    disableSpanReporting: enabled === undefined ? undefined : !enabled,
    customTags: Object.keys(all).length === 0 ? undefined : all,
  };
}

function measured({ enabled, withoutTags = [], tags = {} }: TelemetryMetrics): telemetry.TelemetrySpecMetrics {
  const overrides = Object.fromEntries([
    ...withoutTags.map(name => [name, { operation: Operation.REMOVE }] as const),
    ...Object.entries(tags).map(([name, value]) => [name, { operation: Operation.UPSERT, value }] as const),
  ].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    providers: [{ name: 'prometheus' }],
    overrides: enabled === undefined && Object.keys(overrides).length === 0 ? undefined : [{
      disabled: enabled === undefined ? undefined : !enabled,
      tagOverrides: Object.keys(overrides).length === 0 ? undefined : overrides,
    }],
  };
}
