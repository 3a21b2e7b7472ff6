import { HttpMethod } from './http-method';
import { normalized } from './request-path';
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
  return { methods: methods && sorted(methods), paths: paths && sorted(paths) };
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
  if (!path.startsWith('/') || /[\s?#]/.test(path)) {
    refuse('this is no path of a request: one begins with a slash, and has no blanks, query or fragment');
  }
  const segments = path.slice(1).split('/');
  if (normalized(path) !== path) {
    refuse(`proxies compare ${normalized(path)} in its place: no request would have this one`, `write ${normalized(path)}`);
  }
  const any = segments.indexOf('{**}');
  if (any >= 0 && segments.slice(any + 1).some(segment => segment === '{*}' || segment === '{**}')) {
    refuse('behind {**} Istio takes no other template');
  }
  if (segments.some(segment => /[{}]/.test(segment) && segment !== '{*}' && segment !== '{**}')) {
    refuse('braces stand for a template, and this is none that Istio knows', 'write {*} for one segment, or {**} for any number');
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
