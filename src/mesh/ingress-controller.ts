import { Values } from './values';
import { dnsLabel } from '../values/names';

/**
 * Whose Kubernetes Ingresses istiod serves at the ingress gateway.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-IngressControllerMode
 */
export class IngressController {
  /** istiod handles no Ingress. */
  public static off(): IngressController {
    return new IngressController({ ingressControllerMode: 'OFF' });
  }

  /**
   * Those of one class.
   *
   * @param className the class of the Ingresses, a DNS label (IM0106)
   */
  public static ofClass(className: string): IngressController {
    return new IngressController({ ingressControllerMode: 'STRICT', ingressClass: dnsLabel(className, 'IngressController.ofClass()', 'the class') });
  }

  /**
   * Those of one class, and those without any: for clusters that have no other controller.
   *
   * @param className the class of the Ingresses, a DNS label (IM0106)
   */
  public static ofClassOrNone(className: string): IngressController {
    return new IngressController({ ingressControllerMode: 'DEFAULT', ingressClass: dnsLabel(className, 'IngressController.ofClassOrNone()', 'the class') });
  }

  private constructor(private readonly fields: Values) {}

  /** @internal */
  public _meshConfig(): Values {
    return this.fields;
  }
}
