import { RequestSelection, Rule } from './policed-place';
import { rulesOn, TargetAttributes } from './policy-rules';
import { TokenDemand } from './token-demand';
import { pathCovers, pathsMeet } from '../values/policy-paths';

/** The issuer of a token. Unlike the request principal, it does not depend on a subject. */
const ISSUER = 'request.auth.claims[iss]';

/**
 * The DENY rules. Pods accept tokens of every issuer of any RequestAuthentication, so each rule lists the issuers that it accepts.
 *
 * @param others the demands for the same pods
 */
export function tokenRules(attributes: TargetAttributes, demand: TokenDemand, others: TokenDemand[]): Rule[] {
  const { issuers, optional, methods, paths, openPaths, rules } = demand;
  const names = issuers.map(({ issuer }) => issuer).sort();
  const from = [{ source: { notRequestPrincipals: names.map(name => `${name}/*`) } }];
  const unknown = { when: [{ key: ISSUER, values: ['*'], notValues: names }] };
  const claimed = rules.map(({ _requests, _claims }) => {
    const selection = selectionOf(_requests, demand);
    return { selection, claims: _claims, separate: !isWithin(selection, demand) };
  });
  const regions = [{ methods, paths }, ...claimed.filter(({ separate }) => separate).map(({ selection }) => selection)];
  return [
    ...optional ? rulesOn(attributes, { methods, paths }, unknown) : rulesOn(attributes, { methods, paths, notPaths: openPaths }, { from }),
    ...!optional && openPaths ? rulesOn(attributes, { methods, paths: openPaths }, unknown) : [],
    ...claimed.flatMap(({ selection, claims, separate }) => [
      ...separate ? rulesOn(attributes, selection, { from }) : [],
      ...claims.flatMap(({ _key, _values }) => rulesOn(attributes, selection, { when: [{ key: _key, notValues: _values }] })),
    ]),
    ...audienceConditions(demand, others).flatMap(when => regions.flatMap(selection => rulesOn(attributes, selection, { when }))),
  ];
}

/** The requests of a rule: by default those of the demand, without narrower open paths. */
function selectionOf(own: RequestSelection, { methods, paths, openPaths = [] }: TokenDemand): RequestSelection {
  const selection = own.paths ?? paths;
  const open = openPaths.filter(path => !selection || selection.some(each => each !== path && pathCovers(each, path)));
  return { methods: own.methods ?? methods, paths: selection, notPaths: open.length > 0 ? open : undefined };
}

/** Whether the demand itself requires a token for all requests of a rule. */
function isWithin(selection: RequestSelection, { optional, methods, paths, openPaths = [] }: TokenDemand): boolean {
  const met = openPaths.filter(open => !selection.notPaths?.includes(open) && (selection.paths ?? []).some(path => pathsMeet(path, open)));
  return !optional && met.length === 0
    && (!methods || (selection.methods ?? []).every(method => methods.includes(method)))
    && (!paths || (selection.paths ?? []).every(path => paths.some(each => pathCovers(each, path))));
}

/** The conditions for audiences, if other demands accept other audiences of an issuer. */
function audienceConditions({ issuers }: TokenDemand, others: TokenDemand[]): NonNullable<Rule['when']>[] {
  return issuers.flatMap(({ issuer, _audiences }) => {
    const duplicates = others.flatMap(other => other.issuers.filter(each => each.issuer === issuer));
    const wider = duplicates.some(each => JSON.stringify(each._audiences) !== JSON.stringify(_audiences));
    return _audiences && wider ? [[{ key: ISSUER, values: [issuer] }, { key: 'request.auth.audiences', notValues: _audiences }]] : [];
  });
}
