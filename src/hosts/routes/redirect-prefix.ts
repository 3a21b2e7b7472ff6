import { RoutedMatch } from '../model/route-action';

/**
 * Splits a redirect with `prefixRewrite` into entries that join the new prefix and the rest of the path by one slash. Envoy replaces the prefix
 * character by character: `/ratings` to `/` would turn `/ratings/5` into `//5`, which is another host.
 */
export function joined({ match, action }: RoutedMatch): RoutedMatch[] {
  const { prefixRewrite } = action.redirect ?? {};
  const prefix = match.path?.value ?? '/';
  if (prefixRewrite === undefined || prefixRewrite.endsWith('/') === prefix.endsWith('/')) {
    return [{ match, action }];
  }
  return prefix.endsWith('/')
    ? [{ match, action: { ...action, redirect: { ...action.redirect, prefixRewrite: `${prefixRewrite}/` } } }]
    : [{ match: match.below, action }, { match, action }];
}
