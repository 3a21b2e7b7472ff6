import { IConstruct } from 'constructs';
import { CalleeAttributes, calleeOf, ICallee } from './callee';
import { Caller, Call, recordCall } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { Called } from '../../hosts/model/route-backend';
import { sameCluster } from '../../kernel/mesh-cluster';
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

/** What a callee does when somebody declares to call it. */
export type CallListener = (edge: Call) => void;

const listeners = new WeakMap<IConstruct, CallListener>();

/** Has a callee told of every call that is declared from now on. */
export function onCall(callee: IConstruct, listener: CallListener): void {
  listeners.set(callee, listener);
}

/** Records that somebody calls something. Returns the edges: one for each port. */
export function declareCalls(caller: Caller, callee: ICallee, options: CallOptions, at: Located | string): Call[] {
  validateProps('CallOptions', options, at);
  const facts = calleeOf(callee, at);
  if (caller.construct) {
    sameCluster(caller.construct, facts.construct);
  }
  const ports = facts.ports.filter(({ port }) => options.port === undefined || port === options.port);
  if (ports.length === 0) {
    throw new MeshError('IM1111', facts.construct, {
      problem: `${facts.name} has no port ${show(options.port)}`, got: options.port, allowed: facts.ports.map(({ port, name }) => `${port} (${name})`).join(', '),
    });
  }
  checkTranslated(facts, ports, at);
  const requests = checkedRequests(options, at);
  const opaque = requests && ports.find(({ protocol }) => !isHttp(protocol));
  if (opaque) {
    throw new MeshError('IM1801', at, {
      problem: `port ${opaque.port} (${opaque.name}) of ${facts.name} is not HTTP: there are no methods and paths to compare`,
      got: requests,
      next: ports.length > 1 ? 'name the HTTP port that is called: { port: … }' : 'leave methods and paths out, or declare the port as what it is',
    });
  }
  const edges = ports.map(port => ({ caller, callee: facts, port, requests }));
  edges.forEach(edge => {
    listeners.get(facts.construct)?.(edge);
    recordCall(edge);
  });
  return edges;
}

/** A client that calls a pod by its name connects to the number that it dials. Gateways are excepted: they know the pods' ports. */
function checkTranslated(facts: CalleeAttributes, ports: MeshPort[], at: Located | string): void {
  const port = facts.headless ? ports.find(candidate => candidate.port !== candidate.targetPort) : undefined;
  if (port) {
    throw new MeshError('IM1125', at, {
      problem: `${facts.name} is headless: clients of port ${port.port} (${port.name}) connect to ${port.port} of a pod, which listens on ${port.targetPort}`,
      got: port.port,
      next: 'call the Service for clients, which maps the port, or a port whose target port has the same number',
    });
  }
}

/** Records that a gateway leads to a port of a service, or of one version of it. */
export function recordRoute(caller: Caller, called: Called): void {
  recordCall(edgeTo(caller, called));
}

/** Records that whoever makes a call sends copies of it elsewhere. */
export function recordCopies({ caller, requests }: Call, called: Called): void {
  const edge = { ...edgeTo(caller, called), requests };
  listeners.get(called.service)?.(edge);
  recordCall(edge);
}

/** A pod of a stateful service is none that policies could tell from the others: there it is the service that is called. */
function edgeTo(caller: Caller, { service, version, port, uncopied }: Called): Call {
  const known = version !== undefined && workloadOf(service)?.versions.some(({ name }) => name === version);
  const { _facts: callee } = (known ? (service as unknown as Versions).versionOf(version) : service as unknown as ICallee).toCallee();
  return { caller, callee, port: callee.ports.find(candidate => candidate.port === port)!, uncopied };
}
