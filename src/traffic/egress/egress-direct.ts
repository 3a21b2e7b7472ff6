import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import { clientSecret, referToSecrets } from './egress-secrets';
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

/** The label of pods into which the Secret for the host is mounted. Running pods lack it, because a Secret is mounted when a pod starts. */
const callerLabel = (host: string) => ({ [`cdk8s-istio/${hostKey(host, 'calls.')}`]: 'true' });

/**
 * The direct path from the caller's sidecar to the external host.
 *
 * Only the caller's sidecar enforces it: it returns 403 for HTTP requests of undeclared callers. For other protocols it distinguishes callers by
 * namespace only.
 */
export class EgressDirect extends Construct {
  private readonly secretPolicy: HostPolicy;

  public constructor(
    scope: Construct, private readonly host: MeshHost, private readonly ports: EgressPort[], private readonly egressScope: EgressScope,
  ) {
    super(scope, 'Direct');
    const { identity, policy } = host;
    referToSecrets(scope, ports, identity.namespace);
    this.secretPolicy = new HostPolicy(this, 'Policy', identity, { name: objectName('of--callers', identity.name), callers: callerLabel(identity.host) });
    [policy, this.secretPolicy].forEach(each => each.visibleTo(() => egressScope.exportTo()));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atSidecar(identity.host), scope, { port }));
  }

  /** Adds request settings to the VirtualService. */
  public addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.host.routing.requests.contribute(settings, source, ports);
    this.write();
  }

  /** Refuses HTTP requests of undeclared callers. */
  public restrict(): void {
    if (this.http.length > 0) {
      this.write();
    }
  }

  /** Adds the label and the Secret of the port to the pods of a declared caller. */
  public grant(pods: MadePods, port: number, source: Construct): void {
    const { host } = this.host.identity;
    if (!this.ports.some(each => each.port === port && each.remoteTls?._secret)) {
      return;
    }
    Object.entries(callerLabel(host)).forEach(([key, value]) => pods.addLabel(key, value, source));
    for (const { port: number, remoteTls: tls } of this.ports.filter(({ remoteTls }) => remoteTls)) {
      const folder = tls!._secret && pods.mountIntoSidecar(tls!._secret, source);
      this.secretPolicy.set('tls', tls!._atSidecar(host, folder), this, { port: number });
    }
  }

  /** The policy of the host, and that of callers with a client certificate. */
  public get policies(): HostPolicy[] {
    return clientSecret(this.ports) ? [this.host.policy, this.secretPolicy] : [this.host.policy];
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    return { hosts: [this.host.identity.host], exportTo: this.egressScope.exportTo(), http: this.http.flatMap(port => this.routes(port)) };
  }

  private get http(): EgressPort[] {
    return this.ports.filter(({ _kind }) => _kind === 'http');
  }

  private routes({ port, _meshPort: meshPort }: EgressPort): networking.VirtualServiceSpecHttp[] {
    const rules = this.host.routing.requests.rules(meshPort);
    const nonEmpty = rules.length > 0 ? rules : [{ match: HttpMatch.EVERYTHING, settings: {} }];
    const routes = this.routesByCaller(port);
    return renderHttp(combined(HttpMatch.EVERYTHING, nonEmpty, routes, { source: this, protocol: routeProtocol(meshPort) }).routes, [port]);
  }

  /**
   * Routes requests of declared callers to the host; undeclared callers receive 403. The routes match labels that pods of callers have anyway, so that
   * running pods are not interrupted when the first call is declared.
   */
  private routesByCaller(port: number): RoutedMatch[] {
    const { host } = this.host.identity;
    const action = { destinations: [{ host, port }] };
    if (!this.egressScope.isRestricted) {
      return [{ match: HttpMatch.EVERYTHING, action }];
    }
    return [
      ...this.callersAt(port).map(caller => ({ match: new HttpMatch({ caller }), action })),
      { match: HttpMatch.EVERYTHING, action: { directResponse: { status: 403 } } },
    ];
  }

  /** The callers of a port, without those whose pods another caller covers. */
  private callersAt(port: number): CallerMatch[] {
    const namespaces = this.egressScope.allowedNamespaces().map(namespace => ({ labels: {}, namespace }));
    const declared = this.egressScope.declared(port).map(({ podLabels: labels = {}, namespace }) => ({ labels, namespace }));
    const distinct = new Map([...namespaces, ...declared].map(caller => [`${caller.namespace} ${labelsKey(caller.labels)}`, caller]));
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
