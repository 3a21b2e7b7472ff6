import { HttpMatch } from './http/http-match';
import { Resolution, resolution, RouteAction } from './model/route-action';
import { readsRequests, RouteBackend, RouteToTarget } from './model/route-backend';
import { MeshError } from '../diagnostics/mesh-error';

/** A redirect or a direct response. */
export class FixedBackend implements RouteBackend {
  public readonly answers = true;
  public readonly whole = true;

  public constructor(private readonly action: RouteAction) {}

  public get redirect(): RouteAction['redirect'] {
    return this.action.redirect;
  }

  public bind({ source, port, protocol, matches = [] }: RouteToTarget): void {
    if (!readsRequests(protocol)) {
      throw new MeshError('IM1340', source, { problem: `a connection for ${protocol} can only be led on: nothing in it could be answered`, allowed: 'a service, a version of one, another host, or shares of these' });
    }
    if (port !== undefined) {
      throw new MeshError('IM1111', source, { problem: 'an answer or a redirect has no port of a service', got: port, next: 'drop the port' });
    }
    const other = matches.find(match => !match.isPrefix);
    if (this.redirect?.prefixRewrite !== undefined && other) {
      throw new MeshError('IM1310', source, {
        problem: 'the redirect puts something in place of the prefix that was matched, and the route has a match without one', got: other.toIstio(), allowed: 'RouteMatch.pathPrefix(…)',
      });
    }
  }

  public resolve(): Resolution {
    return resolution([{ match: HttpMatch.EVERYTHING, action: this.action }]);
  }
}
