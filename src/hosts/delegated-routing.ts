import { IConstruct } from 'constructs';
import { DelegateBackend, Delegation } from './delegation';
import { HttpMatch } from './http/http-match';
import { HostListeners } from './model/host-listeners';
import { renderHttp, throwFirst } from './model/route-action';
import { CalledService, RouteBackend, RouteToTarget } from './model/route-backend';
import { checkAtGateway } from './route-checks';
import { HttpRoutes } from './routes/http-routes';
import { toDefaultPort } from './routes/redirect-port';
import { RouteSettings } from './routes/route-settings';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { ObservableList } from '../kernel/observable-list';

/** The routes of one VirtualService without hosts, which routes of gateways delegate to. */
export class DelegatedRouting {
  private readonly delegation: Delegation;
  private readonly routes: HttpRoutes;

  public constructor(private readonly source: IConstruct, namespace: string, name: string) {
    this.delegation = Delegation.of(source, namespace, name);
    this.routes = new HttpRoutes(name);
    this.delegation.resolve = () => this.routes.resolve();
  }

  /** The routes as the target of a route. */
  public get backend(): RouteBackend {
    return new DelegateBackend(this.source, this.delegation);
  }

  /** The hosts whose requests are delegated here, and how gateways serve them. */
  public get hostListeners(): HostListeners[] {
    return this.delegation.hostListeners;
  }

  /** Adds a route. Its calls become those of the routes that delegate here. */
  public add(matches: HttpMatch[], backend: RouteBackend, route: RouteToTarget, settings: RouteSettings, calls: ObservableList<CalledService>): void {
    this.routes.check(matches, this.source);
    backend.bind(route);
    settings.bind();
    this.routes.push(matches, backend, route, settings);
    calls.each(called => this.delegation.calls(called));
  }

  /** The routes as Istio spells them. Istio drops a whole route if one of its matches does not fit, so each match has a route of its own. */
  public render(): networking.VirtualServiceSpecHttp[] {
    return this.routes.resolve().routes.flatMap(route => renderHttp([toDefaultPort(route, this.hostListeners)]));
  }

  /**
   * Refuses routes that Istio would drop or that a gateway would not follow.
   *
   * @param exported the namespaces that see the VirtualService; undefined is all of them
   */
  public check(exported: string[] | undefined): void {
    if (this.routes.isEmpty) {
      throw new MeshError('IM1348', this.source, { problem: 'there is no route to hand requests on to' });
    }
    const { routes, problems } = this.routes.resolve();
    throwFirst(problems);
    routes.forEach(route => checkAtGateway(route, this.hostListeners, this.source));
    this.delegation.check(routes, exported, this.source);
  }
}
