import { sorted } from './conditions';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { wrongVariable } from '../../values/envoy-variables';
import { headerName } from '../../values/header-name';

/**
 * What is done to the headers of a message on its way. Names are in lower case; `host` and pseudo-headers such as `:path` are no headers.
 *
 * Refused (IM1332) are operations that proxies overrule: headers of one connection, such as `connection`, `te` and `content-length`; of requests, `x-envoy-*` headers by
 * which proxies themselves are told something; of answers, `server`, and the removal of `date`.
 *
 * Values may have Envoy's variables, such as `%DOWNSTREAM_REMOTE_ADDRESS%`. A percent sign that begins none is written twice.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers-HeaderOperations
 */
export interface HeaderOperations {
  /**
   * Headers that have this value afterwards, whatever they had before, by name.
   *
   * @default - none
   */
  readonly set?: { [name: string]: string };

  /**
   * Values that are added to what the headers have, by name.
   *
   * @default - none
   */
  readonly add?: { [name: string]: string };

  /**
   * Names of headers to remove. The sidecar of a service writes `x-request-id`, `x-forwarded-proto` and
   * `x-forwarded-client-cert` into requests again; every gateway writes `server` and `date` into answers.
   *
   * @default - none
   */
  readonly remove?: string[];
}

/**
 * What is done to the headers of requests and of their answers.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers
 */
export interface HttpHeaders {
  /**
   * What is done to a request before it is sent on.
   *
   * @default - nothing
   */
  readonly request?: HeaderOperations;

  /**
   * What is done to an answer before the client gets it.
   *
   * @default - nothing
   */
  readonly response?: HeaderOperations;
}

/** What to do in place of an operation that proxies overrule; undefined where they do not. */
type Overruled = (name: string, removed: boolean) => string | undefined;

/** They say how a message is sent on one connection. With `content-length` or `transfer-encoding` of another's the receiver waits, or refuses. */
const OF_CONNECTIONS = ['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];

/** By these a proxy tells the next one what to do with a request; that one takes them away. */
const FOR_PROXIES = new RegExp(`^x-envoy-(${[
  'decorator-operation', 'expected-rq-timeout-ms', 'force-trace', 'hedge-on-per-try-timeout', 'internal', 'ip-tags', 'is-timeout-retry', 'max-retries',
  'retriable-.*', 'retry-.*', 'upstream-.*',
].join('|')})$`);

function overruledInRequests(name: string, removed: boolean): string | undefined {
  if (OF_CONNECTIONS.includes(name)) {
    return 'leave it to the proxies';
  }
  return FOR_PROXIES.test(name) && !removed ? 'say it by `timeout` and `retries` of the route' : undefined;
}

function overruledInAnswers(name: string, removed: boolean): string | undefined {
  if (name === 'server') {
    return 'tell the proxies: `proxyHeaders: { server: { disabled: true } }` in the `defaultConfig` of the mesh, which sends on what the service says';
  }
  return OF_CONNECTIONS.includes(name) || (name === 'date' && removed) || (name === 'x-envoy-decorator-operation' && !removed) ? 'leave it to the proxies' : undefined;
}

/** The operations as Istio spells them, if the names and values are those of headers and no header has two operations. */
export function renderHeaders(headers: HttpHeaders | undefined, at: Located | string): networking.VirtualServiceSpecHttpHeaders | undefined {
  const request = rendered(headers?.request, at, overruledInRequests);
  const response = rendered(headers?.response, at, overruledInAnswers);
  return request || response ? { request, response } : undefined;
}

type Rendered = networking.VirtualServiceSpecHttpHeadersRequest | undefined;

function rendered(operations: HeaderOperations | undefined, at: Located | string, overruled: Overruled): Rendered {
  const { set = {}, add = {}, remove = [] } = operations ?? {};
  const names = [...Object.keys(set), ...Object.keys(add), ...remove];
  names.forEach(name => headerName(name, at, 'IM1332', name === 'host' || name === ':authority' ? 'use `rewrite: { authority }`' : undefined));
  const idle = names.map(name => ({ name, next: overruled(name, remove.includes(name)) })).find(({ next }) => next !== undefined);
  if (idle) {
    throw new MeshError('IM1332', at, {
      problem: `proxies write ${idle.name} themselves: the operation would change nothing, or break the message`, got: idle.name, next: idle.next,
    });
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new MeshError('IM1332', at, { problem: `two operations are for the header ${twice}`, got: names, allowed: 'one of set, add and remove for each header' });
  }
  [...Object.entries(set), ...Object.entries(add)].forEach(([name, value]) => checkValue(name, value, at));
  const some = <T extends object>(value: T): T | undefined => (Object.keys(value).length === 0 ? undefined : value);
  return some(plain({ set: some(sorted(set)), add: some(sorted(add)), remove: some([...remove].sort()) }));
}

/** Envoy leaves a header as it is rather than set it to nothing. */
function checkValue(name: string, value: string, at: Located | string): void {
  // eslint-disable-next-line no-control-regex
  const wrong = value === '' || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value) ? 'it is empty or has control characters' : wrongVariable(value);
  if (wrong !== undefined) {
    throw new MeshError('IM1332', at, {
      problem: `not a value for the header ${name}: ${wrong}`,
      got: value,
      allowed: 'a text without line breaks, with percent signs only around a variable such as %HOSTNAME%, or doubled',
      next: value === '' ? 'remove the header instead' : 'mend the value',
    });
  }
}

function plain<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
