import { Construct } from 'constructs';
import { JwtIssuer } from './jwt-issuer';
import { RequestAuthenticationProps } from './request-authentication-props';
import { TokenDemand } from './token-demand';
import { MeshError } from '../diagnostics/mesh-error';
import { needsIstio } from '../kernel/needs-istio';
import { pathCovers } from '../values/policy-paths';
import { IstioRelease } from '../values/release';
import { checkedRequests } from '../values/requests';

/** Refuses an empty list of issuers, duplicate issuers, and settings that the release of Istio does not support. */
export function checkIssuers(issuers: JwtIssuer[], at: Construct): void {
  const names = issuers.map(({ issuer }) => issuer);
  if (issuers.length === 0 || new Set(names).size < names.length) {
    throw new MeshError('IM1821', at, { problem: issuers.length === 0 ? 'the list of issuers is empty' : 'an issuer is listed twice', got: names, allowed: 'at least one issuer, without duplicates' });
  }
  if (issuers.some(issuer => issuer._splitsMore)) {
    needsIstio(at, IstioRelease.V1_28, '`spaceDelimitedClaims` of an issuer');
  }
}

/** Refuses open paths that have no effect. */
export function checkOpen({ openPaths, paths }: RequestAuthenticationProps, at: Construct): void {
  if (openPaths?.length === 0) {
    throw new MeshError('IM1802', at, { problem: 'the list of open paths is empty', got: openPaths, next: 'remove it: then no path is open' });
  }
  checkedRequests({ paths: openPaths }, at);
  const all = openPaths?.find(path => path === '/*' || path === '/{**}');
  if (all !== undefined) {
    throw new MeshError('IM1809', at, { problem: 'every path is open: no request would need a token', got: all, next: 'set `optional`, or list the paths' });
  }
  const stray = paths && openPaths?.find(open => !paths.some(path => path !== open && pathCovers(path, open)));
  if (stray !== undefined) {
    throw new MeshError('IM1809', at, {
      problem: `${stray} is open, but not below a path that needs a token`, got: stray, allowed: `below ${paths!.join(', ')}`, next: 'remove it from `openPaths`, or add a wider path to `paths`',
    });
  }
}

/** Refuses rules that contradict open paths, and rules that no token can satisfy. */
export function checkRules({ rules, openPaths = [], issuers, at }: TokenDemand): void {
  for (const { _requests: { paths = [] }, _claims } of rules) {
    const both = paths.find(path => openPaths.includes(path));
    if (both !== undefined) {
      throw new MeshError('IM1825', at, { problem: `${both} is open, but a rule requires claims there`, got: both, next: 'remove it from `openPaths` or from the rule' });
    }
    const split = issuers.flatMap(issuer => issuer._splitClaims);
    const words = _claims.find(({ _path, _values }) => _path.length === 1 && split.includes(_path[0]) && _values.some(value => /\s/.test(value)));
    if (words) {
      throw new MeshError('IM1822', at, {
        problem: `Istio compares each word of claim ${words._path[0]}, so a value with a space never matches`, got: words._values, allowed: 'one word per value', next: 'add a claim for each word',
      });
    }
  }
}
