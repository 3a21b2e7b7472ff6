import { IConstruct } from 'constructs';
import { CalleeAttributes, calleeOf, ICallee } from './callee';
import { Caller } from './caller';
import { Call, recordCall } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { CalledService } from '../../hosts/model/route-backend';
import { registryOf } from '../../kernel/registry';
import { sameCluster } from '../../kernel/same-cluster';
import { HttpMethod } from '../../values/http-method';
import { MeshPort } from '../../values/mesh-port';
import { isHttp } from '../../values/protocol';
import { checkedRequests } from '../../values/requests';
import { workloadOf } from '../workloads/workloads';

/** Options of `calls`. */
export interface CallOptions {
  /**
   * The number of the called port.
   *
   * @default - every port of the service
   */
  readonly port?: number;

  /**
   * The methods of the requests. Only for HTTP ports (IM1801).
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * The paths of the requests, in Istio's syntax: `/orders` matches only this path, `/orders/*` everything below it, `{*}` one segment,
   * `{**}` any number of segments. gRPC's paths are `/<package>.<Service>/<Method>`. Only for HTTP ports (IM1801).
   *
   * @default - every path
   * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation
   */
  readonly paths?: string[];
}

/** A service whose versions are callees. */
interface Versions {
  versionOf(name: string): ICallee;
}

/** A listener for declared calls. */
export type CallListener = (call: Call) => void;

class CallListenerRegistry {
  /** Functions that run for each call, by callee. Written by `onCall`. Complete at synthesis. */
  public readonly listeners = new Map<IConstruct, CallListener>();
}

/** Calls the listener for every later call of the callee. */
export function onCall(callee: IConstruct, listener: CallListener): void {
  registryOf(callee, CallListenerRegistry).listeners.set(callee, listener);
}

/** Records the calls of a callee, one for each port, and returns them. */
export function declareCalls(caller: Caller, callee: ICallee, options: CallOptions, at: Located | string): Call[] {
  validateProps('CallOptions', options, at);
  const attributes = calleeOf(callee, at);
  if (caller.construct) {
    sameCluster(caller.construct, attributes.construct);
  }
  const ports = attributes.ports.filter(({ port }) => options.port === undefined || port === options.port);
  if (ports.length === 0) {
    throw new MeshError('IM1111', attributes.construct, {
      problem: `${attributes.name} has no port ${show(options.port)}`, got: options.port, allowed: attributes.ports.map(({ port, name }) => `${port} (${name})`).join(', '),
    });
  }
  checkTranslated(attributes, ports, at);
  const requests = checkedRequests(options, at);
  const opaque = requests && ports.find(({ protocol }) => !isHttp(protocol));
  if (opaque) {
    throw new MeshError('IM1801', at, {
      problem: `port ${opaque.port} (${opaque.name}) of ${attributes.name} is not HTTP, so it has no methods and paths`,
      got: requests,
      next: ports.length > 1 ? 'set the HTTP port: { port: … }' : 'leave methods and paths out, or declare the port as HTTP',
    });
  }
  const calls = ports.map(port => ({ caller, callee: attributes, port, requests }));
  calls.forEach(call => {
    registryOf(attributes.construct, CallListenerRegistry).listeners.get(attributes.construct)?.(call);
    recordCall(call);
  });
  return calls;
}

/** A client that calls a pod by name connects to the port that it dials: no Service maps it. Gateways know the target ports. */
function checkTranslated(attributes: CalleeAttributes, ports: MeshPort[], at: Located | string): void {
  const port = attributes.headless ? ports.find(candidate => candidate.port !== candidate.targetPort) : undefined;
  if (port) {
    throw new MeshError('IM1125', at, {
      problem: `${attributes.name} is headless: clients of port ${port.port} (${port.name}) connect to port ${port.port} of a pod, but the pod listens on ${port.targetPort}`,
      got: port.port,
      next: 'call the Service for clients, which maps the port, or a port whose target port has the same number',
    });
  }
}

/** Records a gateway's route to a port of a service, or of one version of it. */
export function recordRoute(caller: Caller, called: CalledService): void {
  recordCall(callTo(caller, called));
}

/** Records that the caller of a call sends mirrors of it to another service. */
export function recordCopies({ caller, requests }: Call, called: CalledService): void {
  const call = { ...callTo(caller, called), requests };
  registryOf(called.service, CallListenerRegistry).listeners.get(called.service)?.(call);
  recordCall(call);
}

/** The pods of a stateful service have one identity, so a call of one pod counts as a call of the whole service. */
function callTo(caller: Caller, { service, version, port, uncopied }: CalledService): Call {
  const known = version !== undefined && workloadOf(service)?.versions.some(({ name }) => name === version);
  const { _attributes: callee } = (known ? (service as unknown as Versions).versionOf(version) : service as unknown as ICallee).toCallee();
  return { caller, callee, port: callee.ports.find(candidate => candidate.port === port)!, uncopied };
}
