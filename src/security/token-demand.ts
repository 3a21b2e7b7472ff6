import { Construct } from 'constructs';
import { CopiedClaim } from './jwt-claim';
import { JwtIssuer } from './jwt-issuer';
import { JwtRule } from './jwt-rule';
import { PodTargets } from './pod-targets';
import { placesMeet, TargetAttributes, TargetPods } from './policy-rules';
import { RequestTarget } from './request-target';
import { MeshError } from '../diagnostics/mesh-error';
import { collectErrors } from '../kernel/collect-errors';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { perSynthesis } from '../synthesis/per-synthesis';
import { pathCovers, pathListsMeet, pathsMeet } from '../values/policy-paths';

/** The requirements of one RequestAuthentication. */
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

/** Registers a demand. Pods accept the issuers of all demands for them. */
export function declareDemand(demand: TokenDemand): void {
  registryOf(demand.at, TokenDemandRegistry).demands.push(demand);
}

/** The attributes of a demand's target. Undefined if they are refused; the demand's own construct reports the error. */
export const attributesOf = perSynthesis(({ target, at }: TokenDemand): TargetAttributes | undefined => {
  let attributes: TargetAttributes | undefined;
  collectErrors(at, () => {
    attributes = target._attributes(at);
  });
  return attributes;
});

const byPods = perSynthesis(({ demands }: TokenDemandRegistry) => {
  const targets = new PodTargets<TokenDemand>();
  for (const demand of demands) {
    const attributes = attributesOf(demand);
    if (attributes) {
      targets.add(attributes, demand);
    }
  }
  return targets;
});

/** The demands for pods of which some may be among these, in order of construction. */
export function demandsFor(scope: Construct, pods: TargetPods): TokenDemand[] {
  return byPods(registryOf(scope, TokenDemandRegistry)).near(pods);
}

/** The other demands for the same pods. */
export const neighboursOf = perSynthesis((demand: TokenDemand): TokenDemand[] => {
  const own = attributesOf(demand);
  const { rootNamespace } = MeshCluster.of(demand.at);
  const near = ({ namespace }: TokenDemand) => [namespace, demand.namespace].includes(rootNamespace) || namespace === demand.namespace;
  return own ? demandsFor(demand.at, own).filter(other => other !== demand && near(other)) : [];
});

const pathOf = perSynthesis(({ at }: TokenDemand) => at.node.path);

/** The claims that rules of a demand compare in headers. */
function copiesOf({ rules }: TokenDemand): CopiedClaim[] {
  return rules.flatMap(({ _claims }) => _claims.flatMap(({ _copied }) => _copied ?? []));
}

/** The claims of an issuer that rules for the same pods compare in headers. Envoy verifies a token once for all rules. */
export function copiesFor({ issuer }: JwtIssuer, all: TokenDemand[]): CopiedClaim[] {
  const users = all.filter(({ issuers }) => issuers.some(other => other.issuer === issuer));
  const copies = new Map(users.flatMap(copiesOf).map(copy => [copy.header, copy]));
  return [...copies.values()].sort((a, b) => (a.header < b.header ? -1 : 1));
}

/** Refuses conflicts between demands for the same pods. The error is at the demand with the later construct path. */
export function checkDemands(demand: TokenDemand): void {
  const all = neighboursOf(demand);
  checkCopies(demand, all);
  for (const other of all.filter(each => pathOf(each) < pathOf(demand))) {
    checkIssuers(demand, other);
    if (placesMeet(attributesOf(demand)!, attributesOf(other)!) && methodsMeet(demand, other) && pathListsMeet(demand.paths, other.paths)) {
      checkAgreed(demand, other);
    }
  }
}

/** Refuses two claims in one header. */
function checkCopies(demand: TokenDemand, others: TokenDemand[]): void {
  const known = new Map<string, string>();
  for (const copy of [...others, demand].flatMap(copiesOf)) {
    const duplicate = known.get(copy.header) ?? copy.claim;
    known.set(copy.header, duplicate);
    const taken = demand.issuers.map(issuer => issuer._taken(copy)).find(name => name !== undefined);
    if (duplicate !== copy.claim || taken !== undefined) {
      throw new MeshError('IM1822', demand.at, {
        problem: `the header ${copy.header} of claim ${copy.claim} already carries ${taken === undefined ? `claim ${duplicate}` : 'another claim of `claimsToHeaders`'}`,
        got: taken ?? [duplicate, copy.claim],
        next: taken === undefined ? 'rename one of the claims' : 'choose another header',
      });
    }
  }
}

/** Refuses different rules for an issuer. Envoy verifies a token by one rule of its issuer, that of the older object. */
function checkIssuers({ at, issuers }: TokenDemand, other: TokenDemand): void {
  for (const issuer of issuers) {
    const duplicate = other.issuers.find(({ issuer: name }) => name === issuer.issuer);
    if (duplicate && duplicate !== issuer && duplicate._key !== issuer._key) {
      throw new MeshError('IM1826', at, { problem: `${other.at.node.path} configures ${issuer.issuer} differently for the same pods`, got: issuer.issuer });
    }
  }
}

function methodsMeet({ methods: a }: TokenDemand, { methods: b }: TokenDemand): boolean {
  return !a || !b || a.some(method => b.includes(method));
}

/** Refuses contradictions between two demands for the same requests. */
function checkAgreed(demand: TokenDemand, other: TokenDemand): void {
  const tokens = ({ issuers }: TokenDemand) => issuers.map(({ issuer, _audiences = ['*'] }) => `${issuer} for ${_audiences.join(' or ')}`).sort();
  const refuse = (problem: string, got: unknown): never => {
    throw new MeshError('IM1825', demand.at, { problem: `${other.at.node.path} ${problem}`, got });
  };
  if (JSON.stringify(tokens(demand)) !== JSON.stringify(tokens(other))) {
    refuse('requires other tokens for some of the same requests: no token satisfies both', [tokens(demand).join(', '), tokens(other).join(', ')]);
  }
  for (const [one, two] of [[demand, other], [other, demand]]) {
    const contradicted = two.optional ? undefined : one.openPaths?.find(path => requiresToken(two, path));
    if (contradicted !== undefined) {
      refuse(`and this one contradict each other: ${one.at.node.path} opens ${contradicted}, but ${two.at.node.path} requires a token there`, contradicted);
    }
    if (one.optional && !two.optional && !two.paths && !two.methods) {
      refuse(`and this one contradict each other: ${one.at.node.path} accepts requests without a token, but ${two.at.node.path} does not`, one.optional);
    }
  }
}

/** Whether a demand requires a token on a path. */
function requiresToken({ paths, openPaths = [] }: TokenDemand, path: string): boolean {
  return (!paths || paths.some(each => pathsMeet(each, path))) && !openPaths.some(open => pathCovers(open, path));
}
