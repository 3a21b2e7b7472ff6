import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { labels, Labels } from '../values/labels';
import { dnsLabel } from '../values/names';

/** Options of `GatewayWorkload`'s factories. */
export interface GatewayWorkloadOptions {
  /**
   * The namespace of the gateway's pods: where its Secrets are looked up.
   *
   * @default istio-system
   */
  readonly namespace?: string;
}

/**
 * The Envoy pods that a gateway configures.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Gateway
 */
export class GatewayWorkload {
  /**
   * The stock ingress gateway of Istio's profiles: pods with the label `istio: ingressgateway`.
   */
  public static ingress(options: GatewayWorkloadOptions = {}): GatewayWorkload {
    return GatewayWorkload.stock('ingressgateway', options);
  }

  /**
   * The stock egress gateway of Istio's profiles: pods with the label `istio: egressgateway`.
   */
  public static egress(options: GatewayWorkloadOptions = {}): GatewayWorkload {
    return GatewayWorkload.stock('egressgateway', options);
  }

  /**
   * The gateway pods with these labels.
   *
   * @param selector the labels; none at all would select every gateway of the mesh and is refused (IM1311)
   */
  public static labels(selector: { [key: string]: string }, options: GatewayWorkloadOptions = {}): GatewayWorkload {
    const at = 'GatewayWorkload.labels()';
    shaped('GatewayWorkloadOptions', options, at);
    if (typeof selector !== 'object' || Array.isArray(selector) || Object.keys(selector ?? {}).length === 0) {
      throw new MeshError('IM1311', at, { problem: 'no label selects the pods of the gateway', got: selector });
    }
    const namespace = dnsLabel(options.namespace ?? 'istio-system', at, 'the namespace of the gateway\'s pods');
    return new GatewayWorkload({ ...labels(selector, at) }, namespace);
  }

  /** Pods of Istio's profiles have a label more than is selected by. */
  private static stock(name: string, options: GatewayWorkloadOptions): GatewayWorkload {
    const { selector, namespace } = GatewayWorkload.labels({ istio: name }, options);
    return new GatewayWorkload(selector, namespace, { app: `istio-${name}`, ...selector });
  }

  private constructor(
    /** The labels that select the pods. */ public readonly selector: { [key: string]: string },
    /** The namespace of the pods. */ public readonly namespace: string,
    private readonly podLabels: Labels = selector,
  ) {}

  /**
   * Whether one selects the pods of the other, as far as their labels are known.
   *
   * @internal
   */
  public _overlaps(other: GatewayWorkload): boolean {
    const within = (inner: Labels, outer: Labels) => Object.entries(inner).every(([key, value]) => outer[key] === value);
    return within(this.selector, other.podLabels) || within(other.selector, this.podLabels);
  }
}
