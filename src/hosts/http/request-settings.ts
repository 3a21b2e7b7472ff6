import { Duration } from 'cdk8s';
import { CorsPolicy } from './cors-policy';
import { Fault } from './fault';
import { HttpHeaders } from './header-operations';
import { HttpMatch } from './http-match';
import { HttpRewrite } from './http-rewrite';
import { Retries } from './retries';
import * as networking from '../../../imports/networking.istio.io';

/** Who else gets copies of requests. */
export interface Copies {
  /** Refuses at once what cannot be led there, and tells the route who gets copies. */
  bind(): void;
  /** The mirrors as Istio spells them. Only asked when all constructs have spoken. */
  render(): networking.VirtualServiceSpecHttpMirrors[] | undefined;
}

/** What is done with requests on their way, whoever says so. */
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

/** What is done with the requests that meet a match. */
export interface RequestRule {
  readonly match: HttpMatch;
  readonly settings: RequestSettings;
}

/** The rules of an end, where the route that leads to it says nothing else by itself: a fault of its own is for all of its requests. */
export function overlaid(rules: RequestRule[], own: RequestSettings): RequestRule[] {
  const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const asked = own.fault ? rules.slice(-1).map(({ settings }) => ({ match: HttpMatch.EVERYTHING, settings })) : rules;
  return asked.length === 0
    ? [{ match: HttpMatch.EVERYTHING, settings: own }]
    : asked.map(({ match, settings }) => ({ match, settings: { ...settings, ...said } }));
}
