import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { LAST_ORDINAL, MOST_PODS } from '../../services/stateful/ordinals';
import { IStatefulMeshService } from '../../services/stateful/stateful-base';
import { hostName } from '../../values/host';
import { expandTemplate } from '../../values/pod-template';

/** Options of `PodHosts.template`. */
export interface PodHostsOptions {
  /**
   * The ordinal of the first pod.
   *
   * @default 0
   */
  readonly firstOrdinal?: number;
}

/**
 * The public hosts of single pods, which a gateway serves and callers in other clusters dial.
 *
 * Every factory throws IM0104 on invalid hosts.
 */
export class PodHosts {
  /**
   * The hosts of the pods of a service in the same App, in any cluster.
   *
   * @param pods the service
   * @param template the host, with `{pod}` for the name of a pod or `{ordinal}` for its ordinal (IM0113)
   */
  public static of(pods: IStatefulMeshService, template: string): PodHosts {
    instanceOf('StatefulServiceBase', pods, 'PodHosts.of()', 'pods');
    return PodHosts.checked(pods.pods.map(({ podName, ordinal }) =>
      expandTemplate(template, { pod: podName, ordinal: `${ordinal}` }, 'PodHosts.of()', ['pod', 'ordinal'])), 'PodHosts.of()');
  }

  /**
   * The hosts of a number of pods that this App does not describe.
   *
   * @param template the host, with `{ordinal}` for the ordinal of a pod (IM0113)
   * @param count the number of pods, at least one (IM1108)
   */
  public static template(template: string, count: number, options: PodHostsOptions = {}): PodHosts {
    const at = 'PodHosts.template()';
    const { firstOrdinal = 0 } = validateProps('PodHostsOptions', options, at);
    const counts = Number.isInteger(count) && count >= 1 && count <= MOST_PODS;
    if (!counts || !Number.isInteger(firstOrdinal) || firstOrdinal < 0 || firstOrdinal + count - 1 > LAST_ORDINAL) {
      throw new MeshError('IM1108', at, { problem: 'the number of pods or the first ordinal is invalid', got: { count, firstOrdinal }, allowed: `1 to ${MOST_PODS} pods, from an ordinal of at least 0` });
    }
    return PodHosts.checked(Array.from({ length: count }, (_, i) => expandTemplate(template, { ordinal: `${firstOrdinal + i}` }, at, ['ordinal'])), at);
  }

  /**
   * Hosts that follow no template.
   *
   * @param hosts the hosts, one for each pod, without duplicates (IM1321)
   */
  public static list(hosts: string[]): PodHosts {
    return PodHosts.checked(instanceOf('string[]', hosts, 'PodHosts.list()', 'hosts'), 'PodHosts.list()');
  }

  private static checked(hosts: string[], at: string): PodHosts {
    const duplicate = hosts.find((host, i) => hosts.indexOf(host) !== i);
    if (hosts.length === 0 || duplicate !== undefined) {
      throw new MeshError('IM1321', at, { problem: duplicate === undefined ? 'the list has no host' : `two pods have the host ${duplicate}`, got: hosts });
    }
    return new PodHosts(hosts.map(host => hostName(host, at)));
  }

  private constructor(/** The hosts, by ordinal. */ public readonly hosts: string[]) {}
}
