import { Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { sameCluster } from '../kernel/same-cluster';
import { ProxyCallee } from '../services/calls/proxy-callees';
import { IMeshService } from '../services/mesh-service-base';
import { istioDuration } from '../values/istio-duration';
import { dnsLabel } from '../values/names';

/** What every collector of traces has. */
export interface CollectorOptions {
  /** The service that takes the spans; `MeshService.fromAttributes` describes one that is deployed elsewhere. */
  readonly service: IMeshService;

  /**
   * The number of the service's port that takes the spans.
   *
   * @default - the only port; a service with several has to say which (IM1112)
   */
  readonly port?: number;

  /**
   * The longest path that a span keeps, in bytes.
   *
   * @default 256
   */
  readonly maxTagLength?: number;
}

/** Options of `TracingProvider.zipkin`. */
export interface ZipkinOptions extends CollectorOptions {
  /**
   * The path that takes the spans.
   *
   * @default /api/v2/spans
   */
  readonly path?: string;

  /**
   * Whether trace ids have 64 bits in place of 128.
   *
   * @default false
   */
  readonly shortTraceIds?: boolean;
}

/** Options of `TracingProvider.openTelemetry`. */
export interface OpenTelemetryOptions extends CollectorOptions {
  /**
   * The path that takes the spans by HTTP.
   *
   * @default - spans are sent by gRPC
   */
  readonly httpPath?: string;

  /**
   * How long a batch of spans may take, in whole milliseconds (IM0108).
   *
   * @default - Duration.seconds(10) by HTTP, where Envoy refuses to be without; no limit by gRPC
   */
  readonly timeout?: Duration;

  /**
   * Headers of each batch, for example to authenticate: metadata where it is sent by gRPC. Not for secrets: the settings of the mesh
   * are readable by many.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: string };

  /**
   * Whether spans carry the attributes that `OTEL_RESOURCE_ATTRIBUTES` of the proxy names.
   *
   * @default false
   */
  readonly environmentResource?: boolean;
}

/**
 * A collector of traces that proxies send spans to, by the name that `Telemetry` and the defaults of the mesh refer to.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider
 */
export class TracingProvider {
  /**
   * Zipkin, and what speaks its protocol.
   *
   * @param name the name of the provider, a DNS label (IM0106)
   */
  public static zipkin(name: string, options: ZipkinOptions): TracingProvider {
    const at = 'TracingProvider.zipkin()';
    const { path, shortTraceIds } = checked('ZipkinOptions', options, at);
    checkPath(path, at);
    return new TracingProvider(name, 'zipkin', options, { path, enable64bitTraceId: shortTraceIds });
  }

  /**
   * A collector that speaks OpenTelemetry's protocol, by gRPC or HTTP.
   *
   * @param name the name of the provider, a DNS label (IM0106)
   */
  public static openTelemetry(name: string, options: OpenTelemetryOptions): TracingProvider {
    const at = 'TracingProvider.openTelemetry()';
    const { httpPath, timeout, headers = {}, environmentResource } = checked('OpenTelemetryOptions', options, at);
    const list = Object.keys(headers).sort().map(header => ({ name: header, value: headers[header] }));
    const limit = timeout ?? (httpPath === undefined ? undefined : Duration.seconds(10));
    const sent = { timeout: limit && istioDuration(limit, at) };
    checkPath(httpPath, at);
    return new TracingProvider(name, 'opentelemetry', options, {
      ...(httpPath !== undefined
        ? { http: { path: httpPath, ...sent, headers: list.length > 0 ? list : undefined } }
        : { grpc: list.length > 0 || limit ? { ...sent, initialMetadata: list.length > 0 ? list : undefined } : undefined }),
      ...(environmentResource ? { resourceDetectors: { environment: {} } } : {}),
    });
  }

  /**
   * Datadog's agent.
   *
   * @param name the name of the provider, a DNS label (IM0106)
   */
  public static datadog(name: string, options: CollectorOptions): TracingProvider {
    checked('CollectorOptions', options, 'TracingProvider.datadog()');
    return new TracingProvider(name, 'datadog', options, {});
  }

  private constructor(
    /** The name by which the provider is referred to. */ public readonly name: string,
    private readonly kind: string,
    private readonly collector: CollectorOptions,
    private readonly fields: Values,
  ) {
    dnsLabel(name, `TracingProvider.${kind}()`, 'the name of the provider');
  }

  /**
   * The collector, as those know it who let proxies call it.
   *
   * @internal
   */
  public _callee(at: IConstruct): ProxyCallee {
    const { service } = this.collector;
    const { port, targetPort } = service.portOf(portOf(this.collector, at));
    return { host: service.host, namespace: service.namespace, port, targetPort, pods: { namespace: service.namespace, labels: service.podLabels } };
  }

  /** @internal */
  public _render(at: IConstruct): Values {
    const { service, maxTagLength } = this.collector;
    sameCluster(at, service);
    return { name: this.name, [this.kind]: { service: service.host, port: portOf(this.collector, at), maxTagLength, ...this.fields } };
  }
}

function checked<T extends CollectorOptions>(struct: string, options: T, at: string): T {
  const { maxTagLength } = validateProps(struct, options, at);
  if (maxTagLength !== undefined && (!Number.isInteger(maxTagLength) || maxTagLength < 1)) {
    throw new MeshError('IM1608', at, { problem: 'the length of a tag is no number of bytes', got: maxTagLength, allowed: 'a whole number, at least 1' });
  }
  return options;
}

function checkPath(path: string | undefined, at: string): void {
  if (path !== undefined && !path.startsWith('/')) {
    throw new MeshError('IM1608', at, { problem: 'the path does not begin with a slash', got: path });
  }
}

function portOf({ service, port }: CollectorOptions, at: IConstruct): number {
  if (port !== undefined) {
    return service.portOf(port).port;
  }
  if (service.ports.length !== 1) {
    throw new MeshError('IM1112', at, {
      problem: `${service.serviceName} has several ports that could take spans`, allowed: service.ports.map(({ port: number, name }) => `${number} (${name})`).join(', '), next: 'name one as `port`',
    });
  }
  return service.ports[0].port;
}
