import { Ordinals } from './ordinals';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { IMeshService } from '../mesh-service-base';

/**
 * One pod of a stateful service, with its own host names.
 *
 * As the destination of a gateway's route it is the subset of the headless Service with this pod. Routes inside the mesh do not support it:
 * there a client dials the pod's host.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 */
export class PodHost implements IRouteTarget {
  /** @internal */
  public static _create(headless: IMeshService, statefulSet: string, ordinal: number): PodHost {
    return new PodHost(headless, statefulSet, ordinal);
  }

  /** The name of the pod, `<name>-<ordinal>`. */
  public readonly podName: string;
  /** The ordinal of the pod. */
  public readonly ordinal: number;
  /** The full name, which clients in every namespace can dial. */
  public readonly host: string;
  /** The name that clients in every namespace of the cluster can dial, `<pod>.<headless Service>.<namespace>`. */
  public readonly namespacedHost: string;
  /** The name that clients in the same namespace can dial, `<pod>.<headless Service>`. */
  public readonly shortHost: string;

  private constructor(private readonly headless: IMeshService, statefulSet: string, ordinal: number) {
    this.ordinal = ordinal;
    this.podName = `${statefulSet}-${ordinal}`;
    this.host = `${this.podName}.${headless.host}`;
    this.shortHost = `${this.podName}.${headless.serviceName}`;
    this.namespacedHost = `${this.shortHost}.${headless.namespace}`;
  }

  /** The argument for routes. */
  public toRouteTarget(): RouteTarget {
    return this.headless.versionOf(this.podName).toRouteTarget();
  }
}

/** The pods of a StatefulSet, by ordinal. */
export function podsOf(headless: IMeshService, { statefulSet, first, count }: Ordinals): PodHost[] {
  return Array.from({ length: count }, (_, i) => PodHost._create(headless, statefulSet, first + i));
}
