import { Construct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { RouteMatch } from './route-match';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { HttpMatch } from '../../hosts/http/http-match';

/** The matches of an HTTP route. */
export function httpMatches(options: HttpRouteOptions, at: Construct): HttpMatch[] {
  const { matches = [RouteMatch.anyPath()], gatewayPort } = validateProps('HttpRouteOptions', options, at);
  if (matches.length === 0) {
    throw new MeshError('IM1308', at, { problem: 'the route has no match', got: matches, allowed: 'at least one match; leave the option out for every request' });
  }
  return matches.map(({ _match: match }) => (gatewayPort === undefined ? match : match.and(new HttpMatch({ gatewayPort }), at)!));
}

/** The matches of a gRPC route. The path of a call is /<package>.<Service>/<Method>. */
export function grpcMatches(options: GrpcRouteOptions, at: Construct): HttpMatch[] {
  const { service, method, gatewayPort } = validateProps('GrpcRouteOptions', options, at);
  const name = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
  if ((service !== undefined && !name.test(service)) || (method !== undefined && (service === undefined || !name.test(method) || method.includes('.')))) {
    throw new MeshError('IM1308', at, {
      problem: 'the text is not a name of a gRPC service or method', got: [service, method], allowed: 'a service with its package, such as shop.v1.Cart, and a method of it',
    });
  }
  if (service === undefined) {
    return [new HttpMatch({ gatewayPort })];
  }
  return [new HttpMatch({ gatewayPort, path: method === undefined ? { kind: 'prefix', value: `/${service}/` } : { kind: 'exact', value: `/${service}/${method}` } })];
}
