import { Duration } from 'cdk8s';
import { CorsPolicy } from './cors-policy';
import { Fault } from './fault';
import { HttpHeaders } from './header-operations';
import { HttpMatch } from './http-match';
import { HttpRewrite } from './http-rewrite';
import { Retries } from './retries';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';

/** Further destinations that receive copies of requests. */
export interface Copies {
  /** Refuses invalid destinations at once, and records the calls to them. */
  bind(): void;
  /** The mirrors as `mirrors` of a VirtualService. Called at synthesis. */
  resolve(): ResolvedCopies;
}

/** Mirrors at synthesis. There are none if they have problems. */
export interface ResolvedCopies {
  readonly mirrors?: networking.VirtualServiceSpecHttpMirrors[];
  readonly problems: MeshError[];
}

/** The settings of a route, or of all requests for a host. */
export interface RequestSettings {
  readonly name?: string;
  readonly rewrite?: HttpRewrite;
  readonly headers?: HttpHeaders;
  readonly timeout?: Duration;
  readonly retries?: Retries;
  readonly corsPolicy?: CorsPolicy;
  readonly fault?: Fault;
  readonly mirrors?: Copies;
}

/** The settings for the requests that meet a match. */
export interface RequestRule {
  readonly match: HttpMatch;
  readonly settings: RequestSettings;
}

/** The rules of a backend, overridden by the settings of the route that leads to it. A fault of the route applies to all of its requests. */
export function overlaid(rules: RequestRule[], own: RequestSettings): RequestRule[] {
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const used = own.fault ? rules.slice(-1).map(({ settings }) => ({ match: HttpMatch.EVERYTHING, settings })) : rules;
  return used.length === 0
    ? [{ match: HttpMatch.EVERYTHING, settings: own }]
    : used.map(({ match, settings }) => ({ match, settings: { ...settings, ...set } }));
}
