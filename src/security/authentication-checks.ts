import { Construct } from 'constructs';
import { JwtIssuer } from './jwt-issuer';
import { RequestAuthenticationProps } from './request-authentication-props';
import { TokenDemand } from './token-demand';
import { MeshError } from '../diagnostics/mesh-error';
import { needsIstio } from '../kernel/needs-istio';
import { pathCovers } from '../values/policy-paths';
import { IstioRelease } from '../values/release';
import { checkedRequests } from '../values/requests';

/** Refuses a list of issuers without members or with duplicates, and settings that the release of Istio does not have. */
export function checkIssuers(issuers: JwtIssuer[], at: Construct): void {
  const names = issuers.map(({ issuer }) => issuer);
  if (issuers.length === 0 || new Set(names).size < names.length) {
    throw new MeshError('IM1821', at, { problem: issuers.length === 0 ? 'nobody issues tokens' : 'an issuer is there twice', got: names, allowed: 'at least one issuer, each once' });
  }
  if (issuers.some(issuer => issuer._splitsMore)) {
    needsIstio(at, IstioRelease.V1_28, '`spaceDelimitedClaims` of an issuer');
  }
}

/** Refuses open paths that have no effect. */
export function checkOpen({ openPaths, paths }: RequestAuthenticationProps, at: Construct): void {
  if (openPaths?.length === 0) {
    throw new MeshError('IM1802', at, { problem: 'the list of open paths is empty', got: openPaths, next: 'leave it out, which means none' });
  }
  checkedRequests({ paths: openPaths }, at);
  const all = openPaths?.find(path => path === '/*' || path === '/{**}');
  if (all !== undefined) {
    throw new MeshError('IM1809', at, { problem: 'every path is open: no request would need a token', got: all, next: 'say `optional`, or name the paths' });
  }
  const stray = paths && openPaths?.find(open => !paths.some(path => path !== open && pathCovers(path, open)));
  if (stray !== undefined) {
    throw new MeshError('IM1809', at, {
      problem: `${stray} is open, and is not below one of the paths that need a token`, got: stray, allowed: `below ${paths!.join(', ')}`, next: 'leave it out of `openPaths`, or out of `paths`',
    });
  }
}

/** Refuses rules that contradict open paths, or that no token satisfies. */
export function checkRules({ rules, openPaths = [], issuers, at }: TokenDemand): void {
  for (const { _requests: { paths = [] }, _claims } of rules) {
    const both = paths.find(path => openPaths.includes(path));
    if (both !== undefined) {
      throw new MeshError('IM1825', at, { problem: `${both} is open, and a rule asks for claims there`, got: both, next: 'leave it out of one of the two' });
    }
    const split = issuers.flatMap(issuer => issuer._splitClaims);
    const words = _claims.find(({ _path, _values }) => _path.length === 1 && split.includes(_path[0]) && _values.some(value => /\s/.test(value)));
    if (words) {
      throw new MeshError('IM1822', at, {
        problem: `the words of claim ${words._path[0]} are compared one by one: none of them has a blank`, got: words._values, allowed: 'one word a value', next: 'write a claim for each word',
      });
    }
  }
}
