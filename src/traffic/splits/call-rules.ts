import { Construct } from 'constructs';
import { CallMatch } from './call-match';
import { MeshError } from '../../diagnostics/mesh-error';
import { sameCluster } from '../../kernel/mesh-cluster';
import { namespaceScopeOf } from '../../kernel/namespace-scope';
import { MeshNamespace } from '../../services/mesh-namespace';

/**
 * Checks rules for calls, of which the first that matches is taken.
 *
 * @param what what a rule is called in messages
 * @throws IM1205 on a rule that no call can reach, IM1207 on a caller without a sidecar, IM1008 on one of another cluster
 */
export function checkCallRules(matches: CallMatch[], at: Construct, what: string): void {
  matches.forEach((rule, i) => {
    const covering = matches.slice(0, i).findIndex(earlier => earlier._match.covers(rule._match));
    if (covering >= 0) {
      throw new MeshError('IM1205', at, {
        problem: `${what} ${i + 1} is never reached: whatever it matches is taken by ${what} ${covering + 1}`,
        found: JSON.stringify(rule._match.toIstio()),
      });
    }
    rule._callers.forEach(caller => sameCluster(at, caller));
    const unseen = rule._callers.find(caller => {
      const namespace = namespaceScopeOf(caller);
      return namespace instanceof MeshNamespace && !namespace.injects;
    });
    if (unseen) {
      throw new MeshError('IM1207', at, {
        problem: `${what} ${i + 1} is for calls of ${unseen.serviceName}, whose pods have no sidecar to decide it`, got: unseen.host,
      });
    }
  });
}
