import { Construct } from 'constructs';
import { PodTargets } from './pod-targets';
import { RequestTarget } from './request-target';
import { collectErrors } from '../kernel/collect-errors';
import { registryOf } from '../kernel/registry';
import { perSynthesis } from '../synthesis/per-synthesis';

/** Requests for which a provider decides. */
export interface AuthorizedRequests {
  readonly provider: string;
  readonly of: RequestTarget;
  readonly at: Construct;
}

class ExternalAuthorizationRegistry {
  /** Requests for which a provider decides. Written by `ExternalAuthorization`. Complete at synthesis. */
  public readonly requests: AuthorizedRequests[] = [];
}

/** Registers requests for which a provider decides. */
export function declareAuthorized(requests: AuthorizedRequests): void {
  registryOf(requests.at, ExternalAuthorizationRegistry).requests.push(requests);
}

/** Targets that are refused are left out. */
const byPods = perSynthesis(({ requests }: ExternalAuthorizationRegistry) => {
  const targets = new PodTargets<AuthorizedRequests>();
  requests.forEach(each => collectErrors(each.at, () => targets.add(each.of._attributes(each.at), each)));
  return targets;
});

/** The requests to pods of which some may be among those of a target, in order of construction. Complete at synthesis. */
export function authorizedNear({ at, of }: AuthorizedRequests): AuthorizedRequests[] {
  return byPods(registryOf(at, ExternalAuthorizationRegistry)).near(of._attributes(at));
}
