import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { sameCluster } from '../../kernel/same-cluster';
import { PodHost } from '../../services/stateful/pod-host';
import { IStatefulMeshService } from '../../services/stateful/stateful-base';
import { expandTemplate } from '../../values/pod-template';
import { isHttp, isTls, MeshProtocol } from '../../values/protocol';
import { requestPath } from '../../values/request-path';

/** Options of `addPodRoutes`. */
export interface PodRouteOptions {
  /** The service whose pods the routes lead to. */
  readonly pods: IStatefulMeshService;

  /** The number of the port of the pods. */
  readonly port: number;

  /**
   * The host of each pod, with `{pod}` for its name or `{ordinal}` for its ordinal: `cluster-a-{pod}.example.com`. If `path` contains one of
   * them, the host can do without.
   */
  readonly host: string;

  /**
   * The path prefix of each pod, with `{pod}` or `{ordinal}`: `/{ordinal}/`. The pod receives the whole path. HTTP and gRPC only.
   *
   * @default - the host identifies the pod
   */
  readonly path?: string;

  /**
   * The number of the gateway's port that the routes are for.
   *
   * @default - every port at which the gateway serves the host; 443 for TLS passthrough
   */
  readonly gatewayPort?: number;
}

/** Options of `addPodTcpRoutes`. */
export interface PodTcpRouteOptions {
  /** The service whose pods the routes lead to. */
  readonly pods: IStatefulMeshService;

  /** The number of the port of the pods. */
  readonly port: number;

  /** The number of the gateway's port for the pod with ordinal 0. The port of another pod is higher by its ordinal. */
  readonly firstGatewayPort: number;
}

/** The route to one pod. */
interface PodRoute {
  readonly host: string;
  readonly path?: string;
  readonly to: PodHost;
  readonly protocol: MeshProtocol;
}

/** The routes to all pods of a service. */
export function podRoutes({ pods: service, port, host, path }: PodRouteOptions, at: Construct): PodRoute[] {
  checkStateful(service, at);
  const { name, protocol } = service.headless.portOf(port);
  if (!isHttp(protocol) && (!isTls(protocol) || path !== undefined)) {
    throw new MeshError('IM1307', at, {
      problem: `port ${port} (${name}) has no ${path === undefined ? 'hosts' : 'paths'} by which a gateway could distinguish pods`,
      got: name,
      allowed: path === undefined ? 'a port for HTTP, gRPC or TLS' : 'a port for HTTP or gRPC',
      next: 'use one port of the gateway for each pod: addPodTcpRoutes',
    });
  }
  const needed = ['pod', 'ordinal'];
  return service.pods.map(pod => {
    const values = { pod: pod.podName, ordinal: `${pod.ordinal}` };
    return {
      host: expandTemplate(host, values, at, path === undefined ? needed : []),
      path: path === undefined ? undefined : requestPath(expandTemplate(path, values, at, needed), at, 'IM1308', { beginning: true }),
      to: pod,
      protocol: isTls(protocol) ? MeshProtocol.TLS : MeshProtocol.HTTP,
    };
  });
}

/** The routes from one port of the gateway for each pod of a service. */
export function podTcpRoutes(
  { pods: service, port, firstGatewayPort }: PodTcpRouteOptions, at: Construct,
): { readonly to: PodHost; readonly gatewayPort: number }[] {
  checkStateful(service, at);
  service.headless.portOf(port);
  return service.pods.map(pod => ({ to: pod, gatewayPort: firstGatewayPort + pod.ordinal }));
}

/** Refuses a service without pods by name, and one of another cluster. */
function checkStateful(service: IStatefulMeshService, at: Construct): void {
  instanceOf('StatefulServiceBase', service, at, 'pods');
  sameCluster(at, service);
}
