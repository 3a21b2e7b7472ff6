import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { list, text, texts } from '../kernel/json';
import { MeshCluster } from '../kernel/mesh-cluster';
import { manifestOf } from '../synthesis/rendered-object';

/** What no path has once proxies have rewritten it, by how they do. `BASE` leaves slashes as they are. */
const NEVER: { readonly [normalization: string]: RegExp } = {
  MERGE_SLASHES: /\/\//,
  DECODE_AND_MERGE_SLASHES: /\/\/|%2f|%5c/i,
};

/**
 * Refuses paths of routes and policies that no request has in a mesh whose proxies merge or decode slashes. The settings of the mesh may come from another
 * chart than the paths: so the objects are looked at, when all are there.
 */
export function checkNormalizedPaths(settings: IConstruct, normalization: string | undefined): void {
  const never = NEVER[normalization ?? ''];
  const objects = never ? MeshCluster.of(settings)._parts.objects : [];
  for (const object of objects.filter(each => pathsOf[each.kind])) {
    const path = pathsOf[object.kind](rendered(object)).find(each => never.test(each));
    if (path !== undefined) {
      throw new MeshError('IM1880', object, {
        problem: `${settings.node.path} has proxies rewrite paths, ${normalization}: no request has this one`,
        got: path,
        allowed: path.replace(normalization === 'MERGE_SLASHES' ? /$^/ : /%2f|%5c/gi, '/').replace(/\/+/g, '/'),
        next: 'write the path in its normalized form, or choose another `pathNormalization`',
      });
    }
  }
}

/** The paths that are compared as they are written; patterns may take others. */
const pathsOf: { readonly [kind: string]: (json: unknown) => string[] } = {
  VirtualService: json => list(json, 'spec', 'http').flatMap(route => list(route, 'match'))
    .flatMap(match => [text(match, 'uri', 'exact'), text(match, 'uri', 'prefix')]).filter(path => path !== undefined),
  AuthorizationPolicy: json => list(json, 'spec', 'rules').flatMap(rule => list(rule, 'to'))
    .flatMap(to => [...texts(to, 'operation', 'paths'), ...texts(to, 'operation', 'notPaths')]),
};

/** What cannot be rendered is refused by its construct. */
function rendered(object: ApiObject): unknown {
  try {
    return manifestOf(object);
  } catch {
    return undefined;
  }
}
