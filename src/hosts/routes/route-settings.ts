import { BackendAttributes, settingsProblems } from './route-settings-problems';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { istioDuration } from '../../values/istio-duration';
import { loggedName } from '../../values/logged-name';
import { renderCors } from '../http/cors-policy';
import { renderFault } from '../http/fault';
import { renderHeaders } from '../http/header-operations';
import { HttpMatch } from '../http/http-match';
import { RequestSettings } from '../http/request-settings';
import { Destination, RouteAction, throwFirst } from '../model/route-action';
import { RouteToTarget } from '../model/route-backend';

/** Settings of a route at synthesis. There are none if they have problems. */
export interface ResolvedSettings {
  readonly settings?: RouteSettings;
  readonly problems: MeshError[];
}

/** An action with the settings of its route, at synthesis. */
export interface ResolvedAction {
  readonly action: RouteAction;
  readonly problems: MeshError[];
}

/** The settings of one route, rendered for each HTTPRoute entry that the route becomes. */
export class RouteSettings {
  /** The settings of a new route. Refuses those with problems. */
  public static create(settings: RequestSettings, route: RouteToTarget, backend: BackendAttributes): RouteSettings {
    throwFirst(settingsProblems(settings, route, backend));
    return new RouteSettings(settings, route);
  }

  /** The settings of a route and those of the host that it leads to, at synthesis. */
  public static resolve(settings: RequestSettings, route: RouteToTarget, backend: BackendAttributes): ResolvedSettings {
    const problems = settingsProblems(settings, route, backend);
    return { settings: problems.length === 0 ? new RouteSettings(settings, route) : undefined, problems };
  }

  /** The settings that also apply to direct responses. */
  private readonly always: Partial<networking.VirtualServiceSpecHttp>;
  /** The settings that apply to forwarded requests only. */
  private readonly forwarded: Partial<networking.VirtualServiceSpecHttp>;

  private constructor(public readonly settings: RequestSettings, { source }: RouteToTarget) {
    const { name, headers, timeout, retries, corsPolicy, fault } = settings;
    const operations = renderHeaders(headers, source);
    this.always = {
      name: name === undefined ? undefined : loggedName(name, source, 'the name of the route'),
      headers: operations?.response && { response: operations.response },
    };
    this.forwarded = {
      headers: operations,
      timeout: timeout && istioDuration(timeout, source),
      retries: retries?._toIstio,
      corsPolicy: corsPolicy && renderCors(corsPolicy, source),
      fault: fault && renderFault(fault, source),
    };
  }

  /** Refuses invalid mirrors at once, and records the calls to them. */
  public bind(): void {
    this.settings.mirrors?.bind();
  }

  /** The action with these settings, for requests that meet a match. Called at synthesis. */
  public on(match: HttpMatch, action: RouteAction): ResolvedAction {
    if (!action.destinations && !action.delegate) {
      return { action: { ...action, settings: this.always }, problems: [] };
    }
    const { path } = this.settings.rewrite ?? {};
    const { authority, destinations } = withAuthority(action.destinations, this.settings.rewrite?.authority);
    const { mirrors, problems = [] } = this.settings.mirrors?.resolve() ?? {};
    return {
      action: {
        ...action,
        ...destinations && { destinations },
        settings: {
          ...this.always,
          rewrite: path || authority !== undefined ? { ...path?._toIstio(match.path), authority } : undefined,
          ...this.forwarded,
          mirrors,
        },
      },
      problems,
    };
  }
}

/** Sets the authority that the destinations receive: that of the route, or that of an outside host. If destinations differ, each sets its own. */
function withAuthority(destinations: Destination[] | undefined, own: string | undefined): { authority?: string; destinations?: Destination[] } {
  const first = destinations?.[0]?.authority;
  if (own !== undefined || destinations === undefined || destinations.every(({ authority }) => authority === first)) {
    return { authority: own ?? first, destinations: destinations?.map(({ authority: _, ...destination }) => destination) };
  }
  return {
    destinations: destinations.map(({ authority, ...destination }) => {
      const { request, response } = destination.headers ?? {};
      const set = { ':authority': authority!, ...request?.set };
      return authority === undefined ? destination : { ...destination, headers: { request: { ...request, set }, response } };
    }),
  };
}
