import { Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { RouteSettings } from './route-settings';
import { FieldOwnership } from '../../kernel/field-ownership';
import { istioDuration } from '../../values/istio-duration';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, MeshProtocol } from '../../values/protocol';
import { Fault } from '../http/fault';
import { HttpMatch } from '../http/http-match';
import { Copies, RequestRule, RequestSettings } from '../http/request-settings';
import { Retries } from '../http/retries';
import { HostIdentity } from '../model/host-identity';
import { RouteToTarget } from '../model/route-backend';

/** A fault for the requests that meet a match. */
export interface MatchedFault {
  readonly match: HttpMatch;
  readonly fault: Fault;
}

/** The request settings of a host, for all of its destinations. */
export interface HostRequests {
  readonly timeout?: Duration;
  readonly retries?: Retries;
  /** The mirrors of the requests at a port. */
  readonly mirrors?: (route: RouteToTarget) => Copies;
  /** In the order in which Envoy evaluates them. */
  readonly faults?: MatchedFault[];
}

/** The value of one setting, its text in messages about a conflict, and its source. */
class Setting {
  public constructor(public readonly value: unknown, private readonly text: unknown, public readonly source: IConstruct) {}

  public toJSON(): unknown {
    return this.text;
  }
}

/** The request settings of a host: several constructs contribute them, for all of its ports or for one. */
export class RequestPolicy {
  private everywhere?: FieldOwnership<Setting>;
  private ports?: Map<number, FieldOwnership<Setting>>;

  public constructor(private readonly identity: HostIdentity) {}

  /** Adds settings for all HTTP ports, or for some of them. */
  public contribute(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.everywhere ??= new FieldOwnership(`the requests for ${this.identity.host}`, 'IM1401');
    const scopes = ports?.map(port => this.at(port)) ?? [this.everywhere];
    for (const [name, stated] of Object.entries(fields(settings, source))) {
      scopes.forEach(scope => scope.set(name, stated, source));
    }
    for (const port of this.identity.ports.filter(({ port: number, protocol }) => isHttp(protocol) && (ports?.includes(number) ?? true))) {
      const route = { source, protocol: routeProtocol(port) };
      this.rules(port).forEach(rule => RouteSettings.create(rule.settings, route, {}).bind());
    }
  }

  /** Whether no construct contributes settings. */
  public get isEmpty(): boolean {
    return this.everywhere === undefined && this.ports === undefined;
  }

  /** The rules for requests at a port, in the order of evaluation; the last one is for all remaining requests. Empty if nothing is set. */
  public rules(port: MeshPort): RequestRule[] {
    const stated: { [name: string]: Setting } = { ...this.everywhere?.render(), ...this.ports?.get(port.port)?.render() };
    if (Object.keys(stated).length === 0) {
      return [];
    }
    const { faults = [], mirrors, ...others } = Object.fromEntries(Object.entries(stated).map(([name, { value }]) => [name, value])) as HostRequests;
    const settings: RequestSettings = { ...others, mirrors: mirrors?.({ source: stated.mirrors.source, protocol: routeProtocol(port) }) };
    const rules = faults.map(({ match, fault }) => ({ match, settings: { ...settings, fault } }));
    return rules.some(({ match }) => match.key === HttpMatch.EVERYTHING.key) ? rules : [...rules, { match: HttpMatch.EVERYTHING, settings }];
  }

  /** The timeout and the retries at a port. */
  public timeoutAndRetries(port: MeshPort): Pick<HostRequests, 'timeout' | 'retries'> {
    const { timeout, retries } = this.rules(port).at(-1)?.settings ?? {};
    return { timeout, retries };
  }

  private at(port: number): FieldOwnership<Setting> {
    this.ports ??= new Map();
    const known = this.ports.get(port) ?? new FieldOwnership<Setting>(`the requests for ${this.identity.host} at port ${port}`, 'IM1401');
    this.ports.set(port, known);
    return known;
  }
}

/** The protocol of the requests at a port, for settings that depend on it. */
export function routeProtocol({ protocol }: MeshPort): MeshProtocol {
  return protocol === MeshProtocol.GRPC || protocol === MeshProtocol.GRPC_WEB ? MeshProtocol.GRPC : MeshProtocol.HTTP;
}

/** The fields of the settings. Mirrors and faults are lists of one construct: two constructs conflict even if their lists are equal. */
function fields({ timeout, retries, mirrors, faults }: HostRequests, source: IConstruct): { [name: string]: Setting } {
  return {
    ...timeout && { timeout: new Setting(timeout, istioDuration(timeout, source), source) },
    ...retries && { retries: new Setting(retries, retries._toIstio, source) },
    ...mirrors && { mirrors: new Setting(mirrors, `set by ${source.node.path}`, source) },
    ...faults && { faults: new Setting(faults, `set by ${source.node.path}`, source) },
  };
}
