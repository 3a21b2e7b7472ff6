import { Construct } from 'constructs';
import { CallMatch } from './call-match';
import { MeshError } from '../../diagnostics/mesh-error';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { sameCluster } from '../../kernel/same-cluster';
import { hasSidecars } from '../../services/workloads/sidecars';

/**
 * Checks an ordered list of rules, of which the first match applies.
 *
 * @param what the noun for a rule in messages
 */
export function checkCallRules(matches: CallMatch[], at: Construct, what: string): void {
  matches.forEach((rule, i) => {
    const covering = matches.slice(0, i).findIndex(earlier => earlier._match.covers(rule._match));
    if (covering >= 0) {
      throw new MeshError('IM1205', at, {
        problem: `${what} ${i + 1} is never reached, because ${what} ${covering + 1} matches all of its calls`,
        found: JSON.stringify(rule._match.toIstio()),
      });
    }
    rule._callers.forEach(caller => sameCluster(at, caller));
  });
  const check = () => matches.forEach((rule, i) => checkSidecars(rule, at, `${what} ${i + 1}`));
  check();
  // Checks again at synthesis: another chart can disable the sidecars of a caller later.
  refuseAtSynthesis(at, check);
}

function checkSidecars({ _callers: callers }: CallMatch, at: Construct, rule: string): void {
  const unseen = callers.find(caller => !hasSidecars(caller, caller.namespace));
  if (unseen) {
    throw new MeshError('IM1207', at, { problem: `${rule} is for calls of ${unseen.serviceName}, whose pods have no sidecar to evaluate it`, got: unseen.host });
  }
}
