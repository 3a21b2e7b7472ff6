import { Construct } from 'constructs';
import { PodHost } from './pod-host';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { owned } from '../../kernel/owned-objects';
import { MeshProtocol, isHttp, isTls } from '../../values/protocol';
import { IMeshService } from '../mesh-service-base';

/**
 * How the mesh knows the hosts of single pods.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class PodRegistry {
  /**
   * Only the headless Service: a client's sidecar connects to the resolved address of the pod by mutual TLS.
   * Istio 1.10 and later need no more.
   */
  public static headless(): PodRegistry {
    return new PodRegistry(false);
  }

  /**
   * Also a ServiceEntry for each pod, for tools that read hosts from ServiceEntries. It contains the identity of the pods: without
   * it, callers would send plain text, which STRICT refuses, or accept any identity. Pods whose service has a plain TCP port
   * are refused (IM1124).
   */
  public static serviceEntries(): PodRegistry {
    return new PodRegistry(true);
  }

  private constructor(private readonly entries: boolean) {}

  /** @internal */
  public _register(scope: Construct, headless: IMeshService, pods: PodHost[], serviceAccount: string): void {
    if (!this.entries) {
      return;
    }
    const ports = headless.ports.filter(port => port.protocol !== MeshProtocol.UDP);
    const plain = ports.find(({ protocol }) => !isHttp(protocol) && !isTls(protocol));
    if (plain) {
      throw new MeshError('IM1124', scope, { problem: `port ${plain.port} (${plain.name}) has no host names that distinguish ServiceEntries`, got: plain.name });
    }
    if (ports.length === 0) {
      throw new MeshError('IM1124', scope, { problem: 'the pods have only UDP ports, which a ServiceEntry does not support', got: headless.ports.map(port => port.name) });
    }
    for (const pod of pods) {
      new networking.ServiceEntry(scope, owned(scope, pod.podName), {
        metadata: { name: pod.shortHost, namespace: headless.namespace },
        spec: {
          hosts: [pod.host],
          location: networking.ServiceEntrySpecLocation.MESH_UNDERSCORE_INTERNAL,
          resolution: networking.ServiceEntrySpecResolution.DNS,
          ports: ports.map(port => ({ number: port.port, name: port.name, protocol: port.protocol.toUpperCase(), targetPort: port.targetPort })),
          endpoints: [{ address: pod.host, serviceAccount }],
        },
      });
    }
  }
}
