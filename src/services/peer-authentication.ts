import { Construct } from 'constructs';
import { makesClientsWait } from './workloads/mutual-tls-modes';
import { getSidecars } from './workloads/sidecars';
import { DestinationRuleSpecTrafficPolicyTlsMode as ClientTls } from '../../imports/networking.istio.io';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { HostPolicy } from '../hosts/policy/host-policy';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { knownNamespace } from '../kernel/known-namespaces';
import { namespaceOf } from '../kernel/namespace-scope';
import { podsName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';

/** The pods of a service, and the mode of mutual TLS that it sets. */
export interface PeerSetting {
  readonly name: string;
  readonly namespace: string;
  /** The labels of the pods. */
  readonly labels: Labels;
  readonly ports: MeshPort[];
  /** The mode of all ports that set none. */
  readonly mode?: MutualTls;
}

/** The mode of a target port. */
type PortMode = readonly [targetPort: number, mode: MutualTls];

/** Refuses a PERMISSIVE port with a server-first protocol: clients without a sidecar would wait forever. */
function checkWaits(scope: Construct, ports: MeshPort[]): void {
  for (const port of ports) {
    const wire = makesClientsWait(scope, port, true);
    if (wire) {
      throw new MeshError('IM1127', scope, {
        problem: `port ${port.port} (${port.name}) is PERMISSIVE and has the server-first protocol ${wire.name}: clients without a sidecar wait forever`,
        got: MutualTls.PERMISSIVE,
      });
    }
  }
}

/** Writes the mode of the pods of a service, if the service or a port sets one. */
export function makePeerAuthentication(scope: Construct, setting: PeerSetting): void {
  const { ports, mode } = setting;
  const byPort = portModes(ports, scope);
  refuseAtSynthesis(scope, () => checkWaits(scope, ports));
  if (mode !== undefined || byPort.length > 0) {
    writeModes(scope, setting, byPort);
  }
}

function writeModes(scope: Construct, { name, namespace, labels, mode }: PeerSetting, byPort: PortMode[]): void {
  const check = () => {
    if (!getSidecars(scope)) {
      throw new MeshError('IM1812', scope, {
        problem: `the pods of ${name} get no sidecar, and only a sidecar can enforce a mode`, got: mode ?? byPort[0][1], next: 'leave the mode out, or enable sidecars for the pods',
      });
    }
  };
  check();
  refuseAtSynthesis(scope, check);
  new security.PeerAuthentication(scope, owned(scope, 'PeerAuthentication'), {
    metadata: { name: podsName(name), namespace },
    spec: {
      selector: { matchLabels: { ...labels } },
      mtls: mode && { mode: mode as string as security.PeerAuthenticationSpecMtlsMode },
      portLevelMtls: byPort.length === 0 ? undefined : Object.fromEntries([...byPort].sort(([a], [b]) => a - b)
        .map(([port, of]) => [`${port}`, { mode: of as string as security.PeerAuthenticationSpecPortLevelMtlsMode }])),
    },
  });
}

/**
 * Lets callers use mutual TLS if the pods are known to require it. The host's setting applies to every port, so a port with only plain text needs
 * a separate setting.
 */
export function matchMutualTls(policy: HostPolicy, source: Construct, ports: MeshPort[], mode?: MutualTls): void {
  const requireMutualTls = () => {
    policy.set('tls', { mode: ClientTls.ISTIO_UNDERSCORE_MUTUAL }, source);
    const plain = ports.filter(port => port.mutualTls === MutualTls.DISABLE);
    plain.forEach(({ port }) => policy.set('tls', { mode: ClientTls.DISABLE as string as never }, source, { port }));
  };
  if (mode !== undefined) {
    return mode === MutualTls.STRICT ? requireMutualTls() : undefined;
  }
  // Another chart may set it later.
  knownNamespace(source, namespaceOf(source)).onMutualTls(known => known === MutualTls.STRICT && requireMutualTls());
}

/** The mode of each target port that sets one. */
function portModes(ports: MeshPort[], scope: Construct): PortMode[] {
  const modes: PortMode[] = [];
  for (const { targetPort, mutualTls, name } of ports) {
    const duplicate = ports.find(other => other.targetPort === targetPort && other.mutualTls !== mutualTls && other._transport === 'TCP');
    if (mutualTls && duplicate) {
      throw new MeshError('IM1811', scope, {
        problem: `ports ${name} and ${duplicate.name} have one target port, ${targetPort}, but different modes`,
        got: [mutualTls, duplicate.mutualTls ?? 'none'],
        next: 'set the same mode for both',
      });
    }
    if (mutualTls) {
      modes.push([targetPort, mutualTls]);
    }
  }
  return modes;
}
