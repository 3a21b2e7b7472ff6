import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import { MeshHost } from '../../hosts/mesh-host';
import { HostPolicy } from '../../hosts/policy/host-policy';
import { renderDestinations } from '../../hosts/route-action';
import { hostKey, objectName } from '../../kernel/naming';
import { Caller } from '../../services/calls/callers';

/** The label of pods whose services declared to call the host, or one port of it. */
const callerLabel = (host: string, port?: number) => ({ [`cdk8s-istio/${hostKey(host, port === undefined ? 'calls.' : `calls-${port}.`)}`]: 'true' });

/** What a route does by itself, wherever it begins. */
export type RequestSettings = Partial<Pick<networking.VirtualServiceSpecHttp, 'timeout' | 'retries'>>;

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
    private readonly settings: RequestSettings,
  ) {
    super(scope, 'Direct');
    const { identity, policy } = host;
    this.secretPolicy = new HostPolicy(this, 'Policy', identity, { name: objectName('callers', identity.name), callers: callerLabel(identity.host) });
    [policy, this.secretPolicy].forEach(each => each.visibleTo(() => visible.exportTo()));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atSidecar(identity.host), scope, { port }));
    if (Object.values(settings).some(value => value !== undefined)) {
      this.write();
    }
  }

  /** Lets a caller through that declared it. */
  public admit(caller: Caller, port: number, source: Construct): void {
    const { host } = this.host.identity;
    const secrets = this.ports.filter(({ remoteTls }) => remoteTls?._secret);
    const asked = secrets.some(each => each.port === port);
    const requests = this.http.some(each => each.port === port);
    const labels = { ...asked ? callerLabel(host) : {}, ...requests ? callerLabel(host, port) : {} };
    Object.entries(labels).forEach(([key, value]) => caller.addPodLabel(key, value, source));
    if (this.http.length > 0) {
      this.write();
    }
    for (const { port: number, remoteTls: tls } of asked ? this.ports.filter(each => each.remoteTls) : []) {
      const folder = tls!._secret && caller.mountIntoSidecar(tls!._secret, source);
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

  private routes({ port }: EgressPort): networking.VirtualServiceSpecHttp[] {
    const route = renderDestinations([{ host: this.host.identity.host, port }]);
    if (!this.visible.isRestricted) {
      return [{ match: [{ port }], route, ...this.settings }];
    }
    const known = new Set([...this.visible.inWords(), ...this.visible.strangers(port)]);
    const namespaces = [...known].sort().map(sourceNamespace => ({ port, sourceNamespace }));
    const callers = [{ port, sourceLabels: callerLabel(this.host.identity.host, port) }, ...namespaces];
    return [{ match: callers, route, ...this.settings }, { match: [{ port }], directResponse: { status: 403 } }];
  }

  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.VirtualService(this, 'Resource', {
        metadata: { name: this.host.identity.name, namespace: this.host.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }
}
