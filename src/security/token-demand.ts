import { Construct } from 'constructs';
import { CopiedClaim } from './jwt-claim';
import { JwtIssuer } from './jwt-issuer';
import { JwtRule } from './jwt-rule';
import { placesMeet, samePods, TargetAttributes } from './policy-rules';
import { RequestTarget } from './request-target';
import { MeshError } from '../diagnostics/mesh-error';
import { collectErrors } from '../kernel/collect-errors';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { pathCovers, pathListsMeet, pathsMeet } from '../values/policy-paths';

/** What one RequestAuthentication asks of requests. */
export interface TokenDemand {
  readonly at: Construct;
  readonly namespace: string;
  readonly target: RequestTarget;
  readonly issuers: JwtIssuer[];
  readonly optional: boolean;
  readonly methods?: string[];
  readonly paths?: string[];
  readonly openPaths?: string[];
  readonly rules: JwtRule[];
}

class TokenDemandRegistry {
  /** Token requirements of pods. Written by `RequestAuthentication`. Complete at synthesis. */
  public readonly demands: TokenDemand[] = [];
}

/** Enters a demand: pods know the issuers of all that are made for them. */
export function declareDemand(demand: TokenDemand): void {
  registryOf(demand.at, TokenDemandRegistry).demands.push(demand);
}

/** Every demand of a cluster so far. */
export function demandsAround(scope: Construct): TokenDemand[] {
  return registryOf(scope, TokenDemandRegistry).demands;
}

/** What a demand is about; undefined where that is refused, which its own construct reports. */
export function factsOf({ target, at }: TokenDemand): TargetAttributes | undefined {
  return collectErrors(at, () => target._facts(at)).length === 0 ? target._facts(at) : undefined;
}

/** The demands for the same pods, the demand itself not among them. */
export function neighboursOf(demand: TokenDemand): TokenDemand[] {
  const mine = factsOf(demand);
  const { rootNamespace } = MeshCluster.of(demand.at);
  const near = ({ namespace }: TokenDemand) => [namespace, demand.namespace].includes(rootNamespace) || namespace === demand.namespace;
  return registryOf(demand.at, TokenDemandRegistry).demands.filter(other => {
    const its = other !== demand && near(other) ? factsOf(other) : undefined;
    return mine !== undefined && its !== undefined && samePods(mine, its);
  });
}

/** The claims that rules of a demand look for in headers. */
function copiesOf({ rules }: TokenDemand): CopiedClaim[] {
  return rules.flatMap(({ _claims }) => _claims.flatMap(({ _copied }) => _copied ?? []));
}

/** The claims of an issuer's tokens that some rule for the same pods looks for in headers: Envoy checks a token once for all rules. */
export function copiesFor({ issuer }: JwtIssuer, all: TokenDemand[]): CopiedClaim[] {
  const asking = all.filter(({ issuers }) => issuers.some(other => other.issuer === issuer));
  const copies = new Map(asking.flatMap(copiesOf).map(copy => [copy.header, copy]));
  return [...copies.values()].sort((a, b) => (a.header < b.header ? -1 : 1));
}

/** Refuses what demands for the same pods would take from each other. Of two, the one with the later path is refused. */
export function checkDemands(demand: TokenDemand): void {
  const all = neighboursOf(demand);
  checkCopies(demand, all);
  for (const other of all.filter(({ at }) => at.node.path < demand.at.node.path)) {
    checkIssuers(demand, other);
    if (placesMeet(factsOf(demand)!, factsOf(other)!) && methodsMeet(demand, other) && pathListsMeet(demand.paths, other.paths)) {
      checkAgreed(demand, other);
    }
  }
}

/** Two claims that would be copied into one header. */
function checkCopies(demand: TokenDemand, others: TokenDemand[]): void {
  const known = new Map<string, string>();
  for (const copy of [...others, demand].flatMap(copiesOf)) {
    const duplicate = known.get(copy.header) ?? copy.claim;
    known.set(copy.header, duplicate);
    const taken = demand.issuers.map(issuer => issuer._taken(copy)).find(name => name !== undefined);
    if (duplicate !== copy.claim || taken !== undefined) {
      throw new MeshError('IM1822', demand.at, {
        problem: `the header ${copy.header}, in which claim ${copy.claim} is compared, has ${taken === undefined ? `claim ${duplicate}` : 'another claim by `claimsToHeaders`'} already`,
        got: taken ?? [duplicate, copy.claim],
        next: taken === undefined ? 'rename one of the claims' : 'choose another header',
      });
    }
  }
}

/** Envoy checks a token by one rule of its issuer: that of the older object. */
function checkIssuers({ at, issuers }: TokenDemand, other: TokenDemand): void {
  for (const issuer of issuers) {
    const duplicate = other.issuers.find(its => its.issuer === issuer.issuer);
    if (duplicate && duplicate._key !== issuer._key) {
      throw new MeshError('IM1826', at, { problem: `${other.at.node.path} describes ${issuer.issuer} in another way for the same pods`, got: issuer.issuer });
    }
  }
}

function methodsMeet({ methods: a }: TokenDemand, { methods: b }: TokenDemand): boolean {
  return !a || !b || a.some(method => b.includes(method));
}

/** What two demands say of the same requests. */
function checkAgreed(demand: TokenDemand, other: TokenDemand): void {
  const tokens = ({ issuers }: TokenDemand) => issuers.map(({ issuer, _audiences = ['*'] }) => `${issuer} for ${_audiences.join(' or ')}`).sort();
  const refuse = (problem: string, got: unknown): never => {
    throw new MeshError('IM1825', demand.at, { problem: `${other.at.node.path} ${problem}`, got });
  };
  if (JSON.stringify(tokens(demand)) !== JSON.stringify(tokens(other))) {
    refuse('asks for other tokens for some of the same requests: no token satisfies both', [tokens(demand).join(', '), tokens(other).join(', ')]);
  }
  for (const [one, two] of [[demand, other], [other, demand]]) {
    const shut = two.optional ? undefined : one.openPaths?.find(path => shuts(two, path));
    if (shut !== undefined) {
      refuse(`and this one contradict each other: ${one.at.node.path} opens ${shut}, and ${two.at.node.path} asks for a token there`, shut);
    }
    if (one.optional && !two.optional && !two.paths && !two.methods) {
      refuse(`and this one contradict each other: ${one.at.node.path} lets requests pass without a token, and ${two.at.node.path} does not`, one.optional);
    }
  }
}

/** Whether a demand asks for a token on some of these paths. */
function shuts({ paths, openPaths = [] }: TokenDemand, path: string): boolean {
  return (!paths || paths.some(its => pathsMeet(its, path))) && !openPaths.some(open => pathCovers(open, path));
}
