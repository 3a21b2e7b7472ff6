import { Construct } from 'constructs';
import { recordEdge } from './edges';
import { IMeshService } from './mesh-service-base';
import { instanceOf, shaped } from '../diagnostics/shaped';
import { sameCluster } from '../kernel/mesh-cluster';

/** Options of `calls`. */
export interface CallOptions {
  /**
   * The number of the port that is called.
   *
   * @default - every port of the service
   */
  readonly port?: number;
}

/** Records that a service calls another one. */
export function declareCalls(caller: Construct, callee: IMeshService, options: CallOptions): void {
  instanceOf('MeshServiceBase', callee, caller, 'the service that is called');
  shaped('CallOptions', options, caller);
  sameCluster(caller, callee);
  const ports = options.port === undefined ? callee.ports : [callee.portOf(options.port)];
  ports.forEach(({ port }) => recordEdge({ caller, callee, port }));
}
