import { TracingProvider } from './tracing-provider';
import { IMeshService } from '../services/mesh-service-base';

/** Which requests the proxies of a `MeshTelemetry` trace. */
export interface TelemetryTracing {
  /**
   * Who takes the spans: one of the providers of `MeshSettings`, where there are settings (IM1613).
   *
   * @default - that of the mesh
   */
  readonly provider?: TracingProvider;

  /**
   * The share of requests that are traced, in percent: from 0 to 100 (IM1609). 0 is none but those that a caller traces already.
   *
   * @default - that of the mesh
   */
  readonly sampling?: number;

  /**
   * Whether spans are reported; without it, requests still carry the headers of their traces.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Tags of the spans, with the same value on each.
   *
   * @default - Istio's own
   */
  readonly tags?: { [name: string]: string };

  /**
   * Tags of the spans, with the value of a header of the request.
   *
   * @default - none
   */
  readonly tagsFromHeaders?: { [name: string]: string };
}

/** Which requests the proxies of a `MeshTelemetry` log, by the format and to the file of the mesh's own log. */
export interface TelemetryLogging {
  /**
   * Whether there is a log.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Which requests are logged, as an expression of CEL over Envoy's attributes: `response.code >= 400`.
   *
   * @default - all
   */
  readonly filter?: string;
}

/** What the proxies of a `MeshTelemetry` measure for Prometheus. */
export interface TelemetryMetrics {
  /**
   * Whether there are metrics.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Dimensions that are left out of every metric: each different value of one is a series more.
   *
   * @default - none
   */
  readonly withoutTags?: string[];

  /**
   * Further dimensions of every metric, as expressions of CEL: `{ method: 'request.method' }`.
   *
   * @default - none
   */
  readonly tags?: { [name: string]: string };
}

/** Properties of a `MeshTelemetry`. */
export interface MeshTelemetryProps {
  /**
   * The service whose proxies it is for, of the same namespace (IM1614).
   *
   * @default - all of the namespace; of the mesh, in its root namespace
   */
  readonly service?: IMeshService;

  /**
   * The log of requests.
   *
   * @default - as the namespace or the mesh says
   */
  readonly accessLog?: TelemetryLogging;

  /**
   * Traces.
   *
   * @default - as the namespace or the mesh says
   */
  readonly tracing?: TelemetryTracing;

  /**
   * Metrics.
   *
   * @default - as the namespace or the mesh says
   */
  readonly metrics?: TelemetryMetrics;
}
