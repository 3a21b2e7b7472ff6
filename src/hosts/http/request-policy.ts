import { Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Fault } from './fault';
import { HostIdentity } from '../host-identity';
import { HttpMatch } from './http-match';
import { Copies, RequestRule, RequestSettings } from './request-settings';
import { Retries } from './retries';
import { RouteToTarget } from '../route-backend';
import { RouteSettings } from './route-settings';
import { FieldOwnership } from '../../kernel/field-ownership';
import { istioDuration } from '../../values/istio-duration';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, MeshProtocol } from '../../values/protocol';

/** A failure for some requests. */
export interface MatchedFault {
  readonly match: HttpMatch;
  readonly fault: Fault;
}

/** What is done with the requests for a host, whoever takes them. */
export interface HostRequests {
  readonly timeout?: Duration;
  readonly retries?: Retries;
  /** Who gets copies of the requests at a port. */
  readonly mirrors?: (route: RouteToTarget) => Copies;
  /** In the order to be asked. */
  readonly faults?: MatchedFault[];
}

/** One setting: what it says, how a contradiction calls it, and who says so. */
class Stated {
  public constructor(public readonly value: unknown, private readonly words: unknown, public readonly source: IConstruct) {}

  public toJSON(): unknown {
    return this.words;
  }
}

/** What the callers of a host do with their requests, as several constructs say it for all of its ports or for one. */
export class RequestPolicy {
  private readonly everywhere: FieldOwnership<Stated>;
  private readonly ports = new Map<number, FieldOwnership<Stated>>();

  public constructor(private readonly identity: HostIdentity) {
    this.everywhere = new FieldOwnership(`the requests for ${identity.host}`, 'IM1401');
  }

  /** Takes settings for all ports of HTTP, or for some. */
  public contribute(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    const places = ports?.map(port => this.at(port)) ?? [this.everywhere];
    for (const [name, stated] of Object.entries(spoken(settings, source))) {
      places.forEach(place => place.set(name, stated, source));
    }
    for (const port of this.identity.ports.filter(({ port: number, protocol }) => isHttp(protocol) && (ports?.includes(number) ?? true))) {
      const route = { source, speaks: speaks(port) };
      this.rules(port).forEach(rule => new RouteSettings(rule.settings, route, {}).bind());
    }
  }

  /** What is done with requests at a port: in the order to be asked, with everyone else at the end. Nothing where nothing is said. */
  public rules(port: MeshPort): RequestRule[] {
    const stated: { [name: string]: Stated } = { ...this.everywhere.render(), ...this.ports.get(port.port)?.render() };
    if (Object.keys(stated).length === 0) {
      return [];
    }
    const { faults = [], mirrors, ...others } = Object.fromEntries(Object.entries(stated).map(([name, { value }]) => [name, value])) as HostRequests;
    const settings: RequestSettings = { ...others, mirrors: mirrors?.({ source: stated.mirrors.source, speaks: speaks(port) }) };
    const rules = faults.map(({ match, fault }) => ({ match, settings: { ...settings, fault } }));
    return rules.some(({ match }) => match.key === HttpMatch.EVERYTHING.key) ? rules : [...rules, { match: HttpMatch.EVERYTHING, settings }];
  }

  /** The timeout and the retries at a port, whatever else is done. */
  public tries(port: MeshPort): Pick<HostRequests, 'timeout' | 'retries'> {
    const { timeout, retries } = this.rules(port).at(-1)?.settings ?? {};
    return { timeout, retries };
  }

  private at(port: number): FieldOwnership<Stated> {
    const known = this.ports.get(port) ?? new FieldOwnership<Stated>(`the requests for ${this.identity.host} at port ${port}`, 'IM1401');
    this.ports.set(port, known);
    return known;
  }
}

/** What the requests at a port are, for settings that depend on it. */
export function speaks({ protocol }: MeshPort): MeshProtocol {
  return protocol === MeshProtocol.GRPC || protocol === MeshProtocol.GRPC_WEB ? MeshProtocol.GRPC : MeshProtocol.HTTP;
}

/** Copies and faults are lists of one construct: two of them never say the same. */
function spoken({ timeout, retries, mirrors, faults }: HostRequests, source: IConstruct): { [name: string]: Stated } {
  return {
    ...timeout && { timeout: new Stated(timeout, istioDuration(timeout, source), source) },
    ...retries && { retries: new Stated(retries, retries._toIstio, source) },
    ...mirrors && { mirrors: new Stated(mirrors, `those of ${source.node.path}`, source) },
    ...faults && { faults: new Stated(faults, `those of ${source.node.path}`, source) },
  };
}
