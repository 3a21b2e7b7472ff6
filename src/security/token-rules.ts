import { Asked, Rule } from './policed-place';
import { rulesOn, TargetAttributes } from './policy-rules';
import { TokenDemand } from './token-demand';
import { pathCovers, pathsMeet } from '../values/policy-paths';

/** What is compared with the name of a token's issuer: a token without a subject has one, too. */
const ISSUER = 'request.auth.claims[iss]';

/**
 * What is refused: each rule is one way to fail. Pods accept tokens of every issuer of any RequestAuthentication, so every rule says whose
 * tokens it is content with.
 *
 * @param others the demands for the same pods
 */
export function tokenRules(facts: TargetAttributes, demand: TokenDemand, others: TokenDemand[]): Rule[] {
  const { issuers, optional, methods, paths, openPaths, rules } = demand;
  const names = issuers.map(({ issuer }) => issuer).sort();
  const from = [{ source: { notRequestPrincipals: names.map(name => `${name}/*`) } }];
  const unknown = { when: [{ key: ISSUER, values: ['*'], notValues: names }] };
  const claimed = rules.map(({ _requests, _claims }) => {
    const asked = askedBy(_requests, demand);
    return { asked, claims: _claims, apart: !isWithin(asked, demand) };
  });
  const regions = [{ methods, paths }, ...claimed.filter(({ apart }) => apart).map(({ asked }) => asked)];
  return [
    ...optional ? rulesOn(facts, { methods, paths }, unknown) : rulesOn(facts, { methods, paths, notPaths: openPaths }, { from }),
    ...!optional && openPaths ? rulesOn(facts, { methods, paths: openPaths }, unknown) : [],
    ...claimed.flatMap(({ asked, claims, apart }) => [
      ...apart ? rulesOn(facts, asked, { from }) : [],
      ...claims.flatMap(({ _key, _values }) => rulesOn(facts, asked, { when: [{ key: _key, notValues: _values }] })),
    ]),
    ...audienceConditions(demand, others).flatMap(when => regions.flatMap(asked => rulesOn(facts, asked, { when }))),
  ];
}

/** The requests of a rule: those of the demand where it names none, without open paths that are narrower. */
function askedBy(own: Asked, { methods, paths, openPaths = [] }: TokenDemand): Asked {
  const asked = own.paths ?? paths;
  const open = openPaths.filter(path => !asked || asked.some(its => its !== path && pathCovers(its, path)));
  return { methods: own.methods ?? methods, paths: asked, notPaths: open.length > 0 ? open : undefined };
}

/** Whether the demand itself asks for a token of its issuers wherever a rule asks for claims. */
function isWithin(asked: Asked, { optional, methods, paths, openPaths = [] }: TokenDemand): boolean {
  const met = openPaths.filter(open => !asked.notPaths?.includes(open) && (asked.paths ?? []).some(path => pathsMeet(path, open)));
  return !optional && met.length === 0
    && (!methods || (asked.methods ?? []).every(method => methods.includes(method)))
    && (!paths || (asked.paths ?? []).every(path => paths.some(its => pathCovers(its, path))));
}

/** Tokens of an issuer that others take for other audiences. */
function audienceConditions({ issuers }: TokenDemand, others: TokenDemand[]): NonNullable<Rule['when']>[] {
  return issuers.flatMap(({ issuer, _audiences }) => {
    const duplicates = others.flatMap(other => other.issuers.filter(its => its.issuer === issuer));
    const wider = duplicates.some(its => JSON.stringify(its._audiences) !== JSON.stringify(_audiences));
    return _audiences && wider ? [[{ key: ISSUER, values: [issuer] }, { key: 'request.auth.audiences', notValues: _audiences }]] : [];
  });
}
