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
   * The number of the port that is called.
   *
   * @default - every port of the service
   */
  readonly port?: number;

  /**
   * The methods of the requests. Only where the port is one on which Envoy reads HTTP (IM1801).
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * The paths of the requests, as Istio compares them: `/orders` is this path alone, `/orders/*` everything below it, `{*}` in place of
   * a segment any segment, `{**}` any number of them. gRPC's paths are `/<package>.<Service>/<Method>`. Only where the port is one on
   * which Envoy reads HTTP (IM1801).
   *
   * @default - every path
   * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation
   */
  readonly paths?: string[];
}

/** A service as far as its versions are callees. */
interface Versions {
  versionOf(name: string): ICallee;
}

/** What a callee does when a call of it is declared. */
export type CallListener = (call: Call) => void;

class CallListenerRegistry {
  /** Functions that run for each call, by callee. Written by `onCall`. Complete at synthesis. */
  public readonly listeners = new Map<IConstruct, CallListener>();
}

/** Calls the listener for every call of the callee that is declared from now on. */
export function onCall(callee: IConstruct, listener: CallListener): void {
  registryOf(callee, CallListenerRegistry).listeners.set(callee, listener);
}

/** Records the calls of a callee: one for each port. Returns them. */
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
      problem: `port ${opaque.port} (${opaque.name}) of ${attributes.name} is not HTTP: there are no methods and paths to compare`,
      got: requests,
      next: ports.length > 1 ? 'name the HTTP port that is called: { port: … }' : 'leave methods and paths out, or declare the port as what it is',
    });
  }
  const calls = ports.map(port => ({ caller, callee: attributes, port, requests }));
  calls.forEach(call => {
    registryOf(attributes.construct, CallListenerRegistry).listeners.get(attributes.construct)?.(call);
    recordCall(call);
  });
  return calls;
}

/** A client that calls a pod by its name connects to the number that it dials. Gateways know the ports of the pods. */
function checkTranslated(attributes: CalleeAttributes, ports: MeshPort[], at: Located | string): void {
  const port = attributes.headless ? ports.find(candidate => candidate.port !== candidate.targetPort) : undefined;
  if (port) {
    throw new MeshError('IM1125', at, {
      problem: `${attributes.name} is headless: clients of port ${port.port} (${port.name}) connect to ${port.port} of a pod, which listens on ${port.targetPort}`,
      got: port.port,
      next: 'call the Service for clients, which maps the port, or a port whose target port has the same number',
    });
  }
}

/** Records that a route of a gateway leads to a port of a service, or of one version of it. */
export function recordRoute(caller: Caller, called: CalledService): void {
  recordCall(callTo(caller, called));
}

/** Records that the caller of a call sends mirrors of it to another service. */
export function recordCopies({ caller, requests }: Call, called: CalledService): void {
  const call = { ...callTo(caller, called), requests };
  registryOf(called.service, CallListenerRegistry).listeners.get(called.service)?.(call);
  recordCall(call);
}

/** Policies cannot tell one pod of a stateful service from the others: such a call is one of the whole service. */
function callTo(caller: Caller, { service, version, port, uncopied }: CalledService): Call {
  const known = version !== undefined && workloadOf(service)?.versions.some(({ name }) => name === version);
  const { _attributes: callee } = (known ? (service as unknown as Versions).versionOf(version) : service as unknown as ICallee).toCallee();
  return { caller, callee, port: callee.ports.find(candidate => candidate.port === port)!, uncopied };
}
