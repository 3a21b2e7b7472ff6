import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import { CallerMatch, HttpMatch } from '../../hosts/http/http-match';
import { combined } from '../../hosts/http/http-routes';
import { HostRequests, speaks } from '../../hosts/http/request-policy';
import { MeshHost } from '../../hosts/mesh-host';
import { HostPolicy } from '../../hosts/policy/host-policy';
import { renderHttp, RoutedMatch } from '../../hosts/route-action';
import { hostKey, objectName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { MadePods } from '../../services/calls/callers';
import { labelsKey } from '../../values/labels';

/** The label of pods whose services declared to call the host, or one port of it. */
const callerLabel = (host: string, port?: number) => ({ [`cdk8s-istio/${hostKey(host, port === undefined ? 'calls.' : `calls-${port}.`)}`]: 'true' });

/**
 * The way from the caller's sidecar to the outside machine.
 *
 * Nobody stands on it but the sidecar itself: other callers than those that declared it are answered with 403 where there are requests to
 * answer, and told apart by namespace alone otherwise.
 */
export class EgressDirect extends Construct {
  private readonly secretPolicy: HostPolicy;

  public constructor(
    scope: Construct, private readonly host: MeshHost, private readonly ports: EgressPort[], private readonly visible: EgressScope,
  ) {
    super(scope, 'Direct');
    const { identity, policy } = host;
    this.secretPolicy = new HostPolicy(this, 'Policy', identity, { name: objectName('callers', identity.name), callers: callerLabel(identity.host) });
    [policy, this.secretPolicy].forEach(each => each.visibleTo(() => visible.exportTo()));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atSidecar(identity.host), scope, { port }));
  }

  /** Takes what is done with requests. */
  public settle(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.host.routing.requests.contribute(settings, source, ports);
    this.write();
  }

  /** Lets pods through whose service declared it. */
  public admit(pods: MadePods, port: number, source: Construct): void {
    const { host } = this.host.identity;
    const secrets = this.ports.filter(({ remoteTls }) => remoteTls?._secret);
    const asked = secrets.some(each => each.port === port);
    const requests = this.http.some(each => each.port === port);
    const labels = { ...asked ? callerLabel(host) : {}, ...requests ? callerLabel(host, port) : {} };
    Object.entries(labels).forEach(([key, value]) => pods.addLabel(key, value, source));
    if (this.http.length > 0) {
      this.write();
    }
    for (const { port: number, remoteTls: tls } of asked ? this.ports.filter(each => each.remoteTls) : []) {
      const folder = tls!._secret && pods.mountIntoSidecar(tls!._secret, source);
      this.secretPolicy.set('tls', tls!._atSidecar(host, folder), this, { port: number });
    }
  }

  /** The policy of callers that show a certificate, which no other has. */
  public get policies(): HostPolicy[] {
    return this.ports.some(({ remoteTls }) => remoteTls?._secret) ? [this.host.policy, this.secretPolicy] : [this.host.policy];
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    return { hosts: [this.host.identity.host], exportTo: this.visible.exportTo(), http: this.http.flatMap(port => this.routes(port)) };
  }

  private get http(): EgressPort[] {
    return this.ports.filter(({ _kind }) => _kind === 'http');
  }

  private routes({ port, _meshPort: meshPort }: EgressPort): networking.VirtualServiceSpecHttp[] {
    const rules = this.host.routing.requests.rules(meshPort);
    const some = rules.length > 0 ? rules : [{ match: HttpMatch.EVERYTHING, settings: {} }];
    return renderHttp(combined(HttpMatch.EVERYTHING, some, this.taken(port), { source: this, speaks: speaks(meshPort) }), [port]);
  }

  /** Who takes the requests at a port: of callers that nobody knows the sidecar itself. */
  private taken(port: number): RoutedMatch[] {
    const { host } = this.host.identity;
    const action = { destinations: [{ host, port }] };
    if (!this.visible.isRestricted) {
      return [{ match: HttpMatch.EVERYTHING, action }];
    }
    const known: CallerMatch[] = [
      ...this.visible.inWords().map(namespace => ({ labels: {}, namespace })),
      ...this.visible.deployedElsewhere(port).map(({ labels = {}, namespace }) => ({ labels, namespace })),
    ];
    const distinct = new Map(known.map(caller => [`${caller.namespace} ${labelsKey(caller.labels)}`, caller]));
    const callers = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, caller]) => caller);
    return [
      ...[{ labels: callerLabel(host, port) }, ...callers].map(caller => ({ match: new HttpMatch({ caller }), action })),
      { match: HttpMatch.EVERYTHING, action: { directResponse: { status: 403 } } },
    ];
  }

  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: this.host.identity.name, namespace: this.host.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }
}
