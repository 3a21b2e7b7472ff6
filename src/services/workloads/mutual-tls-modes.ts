import { IConstruct } from 'constructs';
import { workloadOf } from './workloads';
import { knownNamespace } from '../../kernel/known-namespaces';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { serverFirst, WireProtocol } from '../../values/wire-protocols';

class MeshModeRegistry {
  /** The mode of mutual TLS of the mesh. Written by `MeshMutualTls`. Complete at synthesis. */
  public readonly mesh: { mode?: MutualTls } = {};
}

/** Sets the mode of all pods of the mesh whose namespace, service and port set none. */
export function declareMeshMode(scope: IConstruct, mode: MutualTls): void {
  registryOf(scope, MeshModeRegistry).mesh.mode = mode;
}

/** The mode of the mesh; undefined if no construct sets it. Complete at synthesis. */
export function meshModeAround(scope: IConstruct): MutualTls | undefined {
  return registryOf(scope, MeshModeRegistry).mesh.mode;
}

/** Whether the pods behind a port of a service are known to refuse plain text. Complete at synthesis. */
export function refusesPlainText(service: IConstruct, port: MeshPort): boolean {
  if (port._transport !== 'TCP') {
    return false; // UDP bypasses the proxies.
  }
  const namespace = knownNamespace(service, namespaceOf(service));
  const inherited = namespace.mutualTls ?? (namespace.isDeclared ? meshModeAround(service) : undefined);
  return namespace.hasSidecars && (port.mutualTls ?? workloadOf(service)?.mutualTls ?? inherited) === MutualTls.STRICT;
}

/**
 * The server-first protocol of a PERMISSIVE port, if it has one: clients without a sidecar would wait forever there. Complete at
 * synthesis.
 *
 * @param explicit whether a construct has to set PERMISSIVE; otherwise PERMISSIVE is Istio's default
 */
export function makesClientsWait(service: IConstruct, port: MeshPort, explicit: boolean): WireProtocol | undefined {
  const namespace = knownNamespace(service, namespaceOf(service));
  const inherited = namespace.mutualTls ?? meshModeAround(service) ?? (explicit ? undefined : MutualTls.PERMISSIVE);
  const mode = port.mutualTls ?? workloadOf(service)?.mutualTls ?? inherited;
  return namespace.hasSidecars && mode === MutualTls.PERMISSIVE ? serverFirst(port) : undefined;
}
