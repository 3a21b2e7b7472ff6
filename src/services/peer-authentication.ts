import { Construct, IConstruct } from 'constructs';
import { getSidecars } from './workloads/sidecars';
import { MeshWorkload } from './workloads/workloads';
import { DestinationRuleSpecTrafficPolicyTlsMode as ClientTls } from '../../imports/networking.istio.io';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { HostPolicy } from '../hosts/policy/host-policy';
import { collectErrors } from '../kernel/collect-errors';
import { knownNamespace } from '../kernel/known-namespaces';
import { perCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { podsName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';
import { serverFirst, WireProtocol } from '../values/wire-protocols';

/** Whose connections are meant. */
export interface PeerSetting {
  readonly name: string;
  readonly namespace: string;
  /** The labels of the pods. */
  readonly labels: Labels;
  readonly ports: MeshPort[];
  /** What the workload says of all ports. */
  readonly mode?: MutualTls;
}

/** What services say of their pods, and what is said of the whole mesh. */
const workloadModes = new WeakMap<IConstruct, () => MutualTls | undefined>();
const meshMode = perCluster((): { mode?: MutualTls } => ({}));

/** States which connections the pods of a service take by what the service itself says; asked whenever a reader wants to know. */
export function declareMode(service: IConstruct, mode: () => MutualTls | undefined): void {
  workloadModes.set(service, mode);
}

/** Which connections the pods of a service take by what the service itself says. */
function modeOf(service: IConstruct): MutualTls | undefined {
  return workloadModes.get(service)?.();
}

/** The same of the pods of a workload, which may answer for several services. */
export function modeOfWorkload({ services }: Pick<MeshWorkload, 'services'>): MutualTls | undefined {
  return services.map(modeOf).find(mode => mode !== undefined);
}

/** Says which connections all pods of the mesh take, where nobody says otherwise. */
export function declareMeshMode(scope: IConstruct, mode: MutualTls): void {
  meshMode(scope).mode = mode;
}

/** Which connections the pods of the mesh take, where nobody says otherwise: undefined where nobody said so. Complete when all have spoken. */
export function meshModeAround(scope: IConstruct): MutualTls | undefined {
  return meshMode(scope).mode;
}

/** Whether the pods behind a port of a service are known to refuse plain text. Complete when all have spoken. */
export function refusesPlainText(service: IConstruct, port: MeshPort): boolean {
  if (port._transport !== 'TCP') {
    return false; // it goes past the proxies
  }
  const namespace = knownNamespace(service, namespaceOf(service));
  const around = namespace.mutualTls ?? (namespace.isDeclared ? meshMode(service).mode : undefined);
  return namespace.hasSidecars && (port.mutualTls ?? modeOf(service) ?? around) === MutualTls.STRICT;
}

/**
 * The protocol of a port at which clients without a sidecar would wait for ever: the pods take plain text beside mutual TLS, and the server
 * speaks first. Complete when all have spoken.
 *
 * @param stated whether a construct says PERMISSIVE; otherwise PERMISSIVE is Istio's default
 */
export function makesClientsWait(service: IConstruct, port: MeshPort, stated: boolean): WireProtocol | undefined {
  const namespace = knownNamespace(service, namespaceOf(service));
  const mode = port.mutualTls ?? modeOf(service) ?? namespace.mutualTls ?? meshMode(service).mode ?? (stated ? undefined : MutualTls.PERMISSIVE);
  return namespace.hasSidecars && mode === MutualTls.PERMISSIVE ? serverFirst(port) : undefined;
}

/** Refuses a port whose clients without a sidecar would wait for ever, where it is said that they may come. */
function checkWaits(scope: Construct, ports: MeshPort[]): void {
  for (const port of ports) {
    const wire = makesClientsWait(scope, port, true);
    if (wire) {
      throw new MeshError('IM1127', scope, {
        problem: `servers of ${wire.name} speak first on port ${port.port} (${port.name}), which takes plain text beside mutual TLS: clients without a sidecar would wait without end`,
        got: MutualTls.PERMISSIVE,
      });
    }
  }
}

/** Says which connections the pods of a service take, where it is not what their namespace says. */
export function makePeerAuthentication(scope: Construct, { name, namespace, labels, ports, mode }: PeerSetting): void {
  const byPort = portModes(ports, scope);
  scope.node.addValidation({ validate: () => collectErrors(scope, () => checkWaits(scope, ports)) });
  if (mode === undefined && byPort.size === 0) {
    return;
  }
  const check = () => {
    if (!getSidecars(scope)) {
      throw new MeshError('IM1812', scope, {
        problem: `the pods of ${name} get no sidecar, and only a sidecar takes mutual TLS`, got: mode ?? [...byPort.values()][0], next: 'leave the mode out, or let the pods have sidecars',
      });
    }
  };
  check();
  scope.node.addValidation({ validate: () => collectErrors(scope, check) });
  new security.PeerAuthentication(scope, owned(scope, 'PeerAuthentication'), {
    metadata: { name: podsName(name), namespace },
    spec: {
      selector: { matchLabels: { ...labels } },
      mtls: mode && { mode: mode as string as security.PeerAuthenticationSpecMtlsMode },
      portLevelMtls: byPort.size === 0 ? undefined : Object.fromEntries([...byPort].sort(([a], [b]) => a - b)
        .map(([port, of]) => [`${port}`, { mode: of as string as security.PeerAuthenticationSpecPortLevelMtlsMode }])),
    },
  });
}

/**
 * Has callers connect as the pods take it: by mutual TLS where these are known to insist on it. What is said of the host holds for every port, so
 * one that takes plain text alone is said otherwise.
 */
export function matchMutualTls(policy: HostPolicy, source: Construct, ports: MeshPort[], mode?: MutualTls): void {
  const insist = () => {
    policy.set('tls', { mode: ClientTls.ISTIO_UNDERSCORE_MUTUAL }, source);
    const plain = ports.filter(port => port.mutualTls === MutualTls.DISABLE);
    plain.forEach(({ port }) => policy.set('tls', { mode: ClientTls.DISABLE as string as never }, source, { port }));
  };
  if (mode !== undefined) {
    return mode === MutualTls.STRICT ? insist() : undefined;
  }
  // Another chart may say it later.
  knownNamespace(source, namespaceOf(source)).onMutualTls(of => of === MutualTls.STRICT && insist());
}

function portModes(ports: MeshPort[], scope: Construct): Map<number, MutualTls> {
  const modes = new Map<number, MutualTls>();
  for (const { targetPort, mutualTls, name } of ports) {
    const duplicate = ports.find(other => other.targetPort === targetPort && other.mutualTls !== mutualTls && other._transport === 'TCP');
    if (mutualTls && duplicate) {
      throw new MeshError('IM1811', scope, {
        problem: `ports ${name} and ${duplicate.name} lead to one port of the pods, ${targetPort}, and say different modes`,
        got: [mutualTls, duplicate.mutualTls ?? 'none'],
        next: 'say the same of both',
      });
    }
    if (mutualTls) {
      modes.set(targetPort, mutualTls);
    }
  }
  return modes;
}
