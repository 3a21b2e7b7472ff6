import { HttpMethod } from './http-method';
import { requestPath } from './request-path';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** Which requests of a connection a policy is about: those that have one of the methods and one of the paths. */
export interface Requests {
  readonly methods?: HttpMethod[];
  readonly paths?: string[];
}

/** The methods and paths, sorted, if a policy can compare them; undefined where every request is meant. */
export function checkedRequests({ methods, paths }: Requests, at: Located | string): Requests | undefined {
  const empty = Object.entries({ methods, paths }).find(([, list]) => list?.length === 0);
  if (empty) {
    throw new MeshError('IM1802', at, { problem: `the list of ${empty[0]} is empty: no request would be meant`, got: empty[1], next: 'leave it out, which means all' });
  }
  if (!methods && !paths) {
    return undefined;
  }
  paths?.forEach(path => checkPath(path, at));
  return { methods: methods && sorted(methods), paths: paths && comparedPaths(paths) };
}

/** The paths as a policy lists them, sorted: Istio's `{**}` is one segment at least, so there is one without it beside it. */
export function comparedPaths(paths: string[]): string[] {
  return sorted(paths.flatMap(path => (path.includes('/{**}') ? [path, path.replace('/{**}', '') || '/'] : [path])));
}

function sorted<T>(list: T[]): T[] {
  return [...new Set(list)].sort();
}

/** Istio compares the whole path without its query, after dots and escapes are resolved. */
function checkPath(path: string, at: Located | string): void {
  const refuse = (problem: string, next?: string): never => {
    throw new MeshError('IM1802', at, {
      problem, got: path, allowed: 'a path such as /orders, everything below one such as /orders/*, or a template such as /orders/{*}/items', ...(next ? { next } : {}),
    });
  };
  const segments = path.slice(1).split('/');
  const braced = segments.find(segment => /^\{.*\}$/.test(segment) && segment !== '{*}' && segment !== '{**}');
  if (braced !== undefined) {
    refuse('braces stand for a template, and this is none that Istio knows', 'write {*} for one segment, or {**} for any number');
  }
  requestPath(path, at, 'IM1802', { templates: true });
  const any = segments.indexOf('{**}');
  if (any >= 0 && segments.slice(any + 1).some(segment => segment === '{*}' || segment === '{**}')) {
    refuse('behind {**} Istio takes no other template');
  }
  const templated = segments.some(segment => segment === '{*}' || segment === '{**}');
  const literal = templated ? path.replace(/^\/|\/$/g, '').split('/').find(segment => !/^(\{\*\*?\}|[a-zA-Z0-9._~%!$&'()+,;:@=-]+)$/.test(segment) && !segment.includes('*')) : undefined;
  if (literal !== undefined) {
    refuse(`beside a template Istio takes segments as they are in addresses, and not ${JSON.stringify(literal)}`);
  }
  const ends = segments[segments.length - 1];
  const stars = segments.filter(segment => segment.includes('*') && segment !== '{*}' && segment !== '{**}');
  if (stars.length === 0) {
    return;
  }
  if (!templated && stars.length === 1 && ends === '*') {
    return;
  }
  if (!templated && stars.length === 1 && ends.endsWith('*') && ends.indexOf('*') === ends.length - 1) {
    const stem = path.slice(0, -1);
    refuse(`Istio compares letters, not segments: ${path} takes ${stem}x, too`, `write ${stem} and ${stem}/*`);
  }
  refuse('a star stands for everything below a path, at its end, and for nothing else');
}
