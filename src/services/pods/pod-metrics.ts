import { IConstruct } from 'constructs';
import { MetadataBuilder } from './metadata-builder';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshPort, portNumber } from '../../values/mesh-port';
import { isTls, MeshProtocol } from '../../values/protocol';

/**
 * Where Prometheus scrapes the metrics of a pod's application, over HTTP.
 *
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/
 */
export interface PodMetrics {
  /**
   * The port of the metrics, on all addresses of the pod; the Service need not have it (IM0101, IM0102). A port with TLS is refused
   * (IM1617).
   */
  readonly port: number;

  /**
   * The path, without a query (IM1617).
   *
   * @default /metrics
   */
  readonly path?: string;
}

/**
 * Adds the annotations that Prometheus reads. The sidecar merges the metrics: it answers scrapes in plain text on its own port, with the
 * metrics of application and proxy, so mutual TLS does not block scrapes. Pods ask for this, because the mesh can turn it off.
 */
export function tellMetrics(pods: MetadataBuilder, { port, path = '/metrics' }: PodMetrics, sidecar: () => boolean, ports: MeshPort[], at: IConstruct): void {
  portNumber(port, at, 'the port of the metrics');
  if (!/^\/[^\s?#]*$/.test(path)) {
    throw new MeshError('IM1617', at, { problem: 'the path of the metrics is invalid', got: path, allowed: 'a path that starts with a slash, without spaces, `?` and `#`' });
  }
  const unsuitable = ports.find(({ targetPort, protocol }) => targetPort === port && (isTls(protocol) || protocol === MeshProtocol.UDP));
  if (unsuitable) {
    throw new MeshError('IM1617', at, {
      problem: `the port of the metrics is not plain HTTP: ${unsuitable.name} is ${unsuitable.protocol}`, got: port, next: 'serve the metrics on a separate port without TLS',
    });
  }
  const all = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port), 'prometheus.io/path': path };
  Object.entries(all).forEach(([key, value]) => pods.addAnnotation(key, value, at));
  pods.addAnnotation('prometheus.istio.io/merge-metrics', 'true', at, sidecar);
}
