import { Construct, IConstruct } from 'constructs';
import { Edge, recordEdge } from './edges';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { show } from '../diagnostics/show';
import { sameCluster } from '../kernel/mesh-cluster';
import { MeshPort } from '../values/mesh-port';

/** What services can call: another service, or a host outside of the mesh. */
export interface ICallee extends IConstruct {
  /** The name that clients dial. */
  readonly host: string;
  /** The ports that clients dial. */
  readonly ports: MeshPort[];

  /**
   * The port of this number.
   *
   * @param port the number that clients dial; one that there is not is refused (IM1111)
   */
  portOf(port: number): MeshPort;
}

/** Options of `calls`. */
export interface CallOptions {
  /**
   * The number of the port that is called.
   *
   * @default - every port of the service
   */
  readonly port?: number;
}

/** What a callee does when somebody declares to call it. */
export type CallListener = (edge: Edge) => void;

const listeners = new WeakMap<IConstruct, CallListener>();

/** Has a callee told of every call that is declared from now on. */
export function onCall(callee: IConstruct, listener: CallListener): void {
  listeners.set(callee, listener);
}

/** Records that a service calls another one. */
export function declareCalls(caller: Construct, callee: ICallee, options: CallOptions): void {
  if (typeof callee?.portOf !== 'function' || !Array.isArray(callee.ports)) {
    throw new MeshError('IM0001', caller, {
      problem: `the service that is called is ${callee === undefined ? 'missing' : 'of the wrong type'}`, got: show(callee), allowed: 'a service, or an EgressRoute',
    });
  }
  shaped('CallOptions', options, caller);
  sameCluster(caller, callee);
  const ports = options.port === undefined ? callee.ports : [callee.portOf(options.port)];
  ports.forEach(({ port }) => {
    listeners.get(callee)?.({ caller, callee, port });
    recordEdge({ caller, callee, port });
  });
}

