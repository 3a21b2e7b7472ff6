import { knownMesh } from '../../kernel/known-mesh';
import { knownNamespace } from '../../kernel/known-namespaces';
import { MutualTls } from '../../values/mutual-tls';
import { OutboundTrafficPolicy } from '../../values/outbound-traffic-policy';
import { Call, callsOf } from '../calls/recorded-calls';
import { guardsOf } from '../workloads/guards';
import { meshModeAround } from '../workloads/mutual-tls-modes';
import { MadeWorkload } from '../workloads/workload';

/**
 * The reason why connections to ports of a workload must not bypass its sidecar. Undefined if no construct depends on the sidecar there. Complete at
 * synthesis.
 *
 * @param passes whether a port bypasses the sidecar
 * @param further whether undeclared ports bypass it too
 */
export function bypassedInbound(workload: MadeWorkload, passes: (port: number) => boolean, further: boolean): string | undefined {
  const { scope, name, namespace, ports, mutualTls } = workload;
  const [guard] = guardsOf(workload);
  if (guard) {
    return `${guard.source.node.path} relies on the sidecar to authorize callers`;
  }
  const known = knownNamespace(scope, namespace);
  const mode = mutualTls ?? known.mutualTls ?? meshModeAround(scope);
  const served = ports.filter(({ targetPort, _transport }) => _transport === 'TCP' && passes(targetPort));
  if (mode === MutualTls.STRICT && further) {
    const source = mutualTls === undefined ? known.sourceOf('mutual TLS') : scope.node.scope;
    return `${source?.node.path ?? 'the mesh'} requires mutual TLS`;
  }
  const port = served.find(each => (each.mutualTls ?? mode) !== MutualTls.DISABLE);
  if (!port) {
    return undefined;
  }
  return (port.mutualTls ?? mode) === MutualTls.STRICT
    ? `port ${port.port} (${port.name}) of ${name} requires mutual TLS`
    : `sidecars of callers use mutual TLS to port ${port.port} (${port.name}) of ${name}, but the application does not`;
}

/**
 * The reason why connections from a workload must not bypass its sidecar. Undefined if no construct depends on it. Complete at synthesis.
 *
 * @param passes whether a call bypasses the sidecar
 */
export function bypassedOutbound(workload: MadeWorkload, passes: (call: Call) => boolean): string | undefined {
  const { scope, namespace, name, constructs } = workload;
  const guard = guardsOf(workload).find(({ outbound }) => outbound);
  if (guard) {
    return `${guard.source.node.path} relies on the sidecar to limit calls`;
  }
  const known = knownNamespace(scope, namespace);
  if ((known.outbound ?? knownMesh(scope).outboundTrafficPolicy) === OutboundTrafficPolicy.REGISTRY_ONLY) {
    return `${known.sourceOf('outbound traffic')?.node.path ?? 'the mesh'} allows only declared hosts`;
  }
  const isOwn = ({ caller: { construct } }: Call) => construct !== undefined && constructs.includes(construct);
  const call = callsOf(scope, constructs).find(each => isOwn(each) && passes(each));
  return call && `${name} calls port ${call.port.port} (${call.port.name}) of ${call.callee.name}: without the sidecar such calls have no identity and no routes`;
}
