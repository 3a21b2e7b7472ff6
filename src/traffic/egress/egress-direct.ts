import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import { callerCovers, CallerMatch, HttpMatch } from '../../hosts/http/http-match';
import { MeshHost } from '../../hosts/mesh-host';
import { renderHttp, RoutedMatch } from '../../hosts/model/route-action';
import { HostPolicy } from '../../hosts/policy/host-policy';
import { combined } from '../../hosts/routes/http-routes';
import { HostRequests, routeProtocol } from '../../hosts/routes/request-policy';
import { hostKey, objectName, routingName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { MadePods } from '../../services/workloads/workload';
import { labelsKey } from '../../values/labels';

/** The label of pods that have the Secret for the host. They are new ones, since a Secret is mounted when a pod starts. */
const callerLabel = (host: string) => ({ [`cdk8s-istio/${hostKey(host, 'calls.')}`]: 'true' });

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
    this.secretPolicy = new HostPolicy(this, 'Policy', identity, { name: objectName('of--callers', identity.name), callers: callerLabel(identity.host) });
    [policy, this.secretPolicy].forEach(each => each.visibleTo(() => visible.exportTo()));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atSidecar(identity.host), scope, { port }));
  }

  /** Takes what is done with requests. */
  public addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.host.routing.requests.contribute(settings, source, ports);
    this.write();
  }

  /** Lets nobody through but those who declared it, where their pods can be told apart. */
  public restrict(): void {
    if (this.http.length > 0) {
      this.write();
    }
  }

  /** Gives pods what they need whose service declared it. */
  public grant(pods: MadePods, port: number, source: Construct): void {
    const { host } = this.host.identity;
    const secrets = this.ports.filter(({ remoteTls }) => remoteTls?._secret);
    const asked = secrets.some(each => each.port === port);
    Object.entries(asked ? callerLabel(host) : {}).forEach(([key, value]) => pods.addLabel(key, value, source));
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
    return renderHttp(combined(HttpMatch.EVERYTHING, some, this.taken(port), { source: this, protocol: routeProtocol(meshPort) }), [port]);
  }

  /**
   * Who takes the requests at a port: of callers that nobody knows the sidecar itself. Callers are known by labels that their pods have
   * anyway: pods that run go on when somebody declares the first call.
   */
  private taken(port: number): RoutedMatch[] {
    const { host } = this.host.identity;
    const action = { destinations: [{ host, port }] };
    if (!this.visible.isRestricted) {
      return [{ match: HttpMatch.EVERYTHING, action }];
    }
    return [
      ...this.callersAt(port).map(caller => ({ match: new HttpMatch({ caller }), action })),
      { match: HttpMatch.EVERYTHING, action: { directResponse: { status: 403 } } },
    ];
  }

  /** Of two callers one of which means all pods of the other, the one. */
  private callersAt(port: number): CallerMatch[] {
    const words = this.visible.inWords().map(namespace => ({ labels: {}, namespace }));
    const declared = this.visible.declared(port).map(({ podLabels: labels = {}, namespace }) => ({ labels, namespace }));
    const distinct = new Map([...words, ...declared].map(caller => [`${caller.namespace} ${labelsKey(caller.labels)}`, caller]));
    const callers = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, caller]) => caller);
    return callers.filter(caller => !callers.some(other => other !== caller && callerCovers(other, caller)));
  }

  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: routingName(this.host.identity.name), namespace: this.host.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }
}
