import { IConstruct } from 'constructs';
import { Destination } from './model/route-action';
import { HostPolicy } from './policy/host-policy';
import { MeshError } from '../diagnostics/mesh-error';

/** Refuses shares of one host that has a consistent hash: Envoy chooses a share for each request, without regard to the key. */
export function checkKeys(shares: Destination[] = [], by: IConstruct, policyOf: (host: string) => HostPolicy | undefined): void {
  const taken = shares.filter(({ weight = 100 }) => weight > 0);
  for (const { host, port } of taken.length > 1 ? taken : []) {
    const source = taken.filter(share => share.host === host).length > 1 ? policyOf(host)?.hashedBy(port) : undefined;
    if (source) {
      throw new MeshError('IM1650', by, {
        problem: `requests for ${host} are divided by weight, and ${source.node.path} leads those with one key to one pod: Envoy chooses a share again for each request`,
        got: taken.filter(share => share.host === host).map(({ subset, weight }) => `${subset} ${weight}%`),
      });
    }
  }
}
