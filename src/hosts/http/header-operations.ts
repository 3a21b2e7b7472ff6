import { sorted } from './conditions';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { wrongVariable } from '../../values/envoy-variables';
import { headerName } from '../../values/header-name';

/**
 * Changes to the headers of a request or a response. Names are in lower case. `host` and pseudo-headers such as `:path` are not headers here.
 *
 * Operations that proxies override are refused (IM1332): headers of one connection, such as `connection`, `te` and `content-length`; `x-envoy-*` headers that
 * control proxies, in requests; `server`, and the removal of `date`, in responses.
 *
 * Values may contain variables of Envoy, such as `%DOWNSTREAM_REMOTE_ADDRESS%`. Any other percent sign is written twice.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers-HeaderOperations
 */
export interface HeaderOperations {
  /**
   * Header values to set, by header name. They replace existing values.
   *
   * @default - none
   */
  readonly set?: { [name: string]: string };

  /**
   * Header values to append to the existing values, by header name.
   *
   * @default - none
   */
  readonly add?: { [name: string]: string };

  /**
   * Names of headers to remove. The sidecar of a service adds `x-request-id`, `x-forwarded-proto` and
   * `x-forwarded-client-cert` to requests again; every gateway adds `server` and `date` to responses.
   *
   * @default - none
   */
  readonly remove?: string[];
}

/**
 * Changes to the headers of requests and responses.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers
 */
export interface HttpHeaders {
  /**
   * Changes to the headers of a request, before it is forwarded.
   *
   * @default - none
   */
  readonly request?: HeaderOperations;

  /**
   * Changes to the headers of a response, before it is returned to the client.
   *
   * @default - none
   */
  readonly response?: HeaderOperations;
}

/** The advice for an operation that proxies override; undefined for other operations. */
type Overridden = (name: string, removed: boolean) => string | undefined;

/** Headers about one connection. With a foreign `content-length` or `transfer-encoding` the receiver waits or refuses the message. */
const OF_CONNECTIONS = ['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];

/** Headers by which a proxy instructs the next proxy, which removes them. */
const FOR_PROXIES = new RegExp(`^x-envoy-(${[
  'decorator-operation', 'expected-rq-timeout-ms', 'force-trace', 'hedge-on-per-try-timeout', 'internal', 'ip-tags', 'is-timeout-retry', 'max-retries',
  'retriable-.*', 'retry-.*', 'upstream-.*',
].join('|')})$`);

function overriddenInRequests(name: string, removed: boolean): string | undefined {
  if (OF_CONNECTIONS.includes(name)) {
    return 'leave it to the proxies';
  }
  return FOR_PROXIES.test(name) && !removed ? 'use `timeout` and `retries` of the route' : undefined;
}

function overriddenInResponses(name: string, removed: boolean): string | undefined {
  if (name === 'server') {
    return 'set `proxyHeaders: { server: { disabled: true } }` in the `defaultConfig` of the mesh: then proxies keep the header of the service';
  }
  return OF_CONNECTIONS.includes(name) || (name === 'date' && removed) || (name === 'x-envoy-decorator-operation' && !removed) ? 'leave it to the proxies' : undefined;
}

/** Renders the operations as `headers` of a VirtualService. Refuses invalid names and values, and two operations on one header. */
export function renderHeaders(headers: HttpHeaders | undefined, at: Located | string): networking.VirtualServiceSpecHttpHeaders | undefined {
  const request = rendered(headers?.request, at, overriddenInRequests);
  const response = rendered(headers?.response, at, overriddenInResponses);
  return request || response ? { request, response } : undefined;
}

type Rendered = networking.VirtualServiceSpecHttpHeadersRequest | undefined;

function rendered(operations: HeaderOperations | undefined, at: Located | string, overridden: Overridden): Rendered {
  const { set = {}, add = {}, remove = [] } = operations ?? {};
  const names = [...Object.keys(set), ...Object.keys(add), ...remove];
  names.forEach(name => headerName(name, at, 'IM1332', name === 'host' || name === ':authority' ? 'use `rewrite: { authority }`' : undefined));
  const idle = names.map(name => ({ name, next: overridden(name, remove.includes(name)) })).find(({ next }) => next !== undefined);
  if (idle) {
    throw new MeshError('IM1332', at, {
      problem: `proxies write ${idle.name} themselves: the operation has no effect or breaks the message`, got: idle.name, next: idle.next,
    });
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new MeshError('IM1332', at, { problem: `the header ${twice} has two operations`, got: names, allowed: 'one of set, add and remove for each header' });
  }
  [...Object.entries(set), ...Object.entries(add)].forEach(([name, value]) => checkValue(name, value, at));
  const some = <T extends object>(value: T): T | undefined => (Object.keys(value).length === 0 ? undefined : value);
  return some(plain({ set: some(sorted(set)), add: some(sorted(add)), remove: some([...remove].sort()) }));
}

/** Refuses invalid values, and empty ones: Envoy does not set a header to an empty value. */
function checkValue(name: string, value: string, at: Located | string): void {
  // eslint-disable-next-line no-control-regex
  const wrong = value === '' || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value) ? 'it is empty or has control characters' : wrongVariable(value);
  if (wrong !== undefined) {
    throw new MeshError('IM1332', at, {
      problem: `the value of the header ${name} is invalid: ${wrong}`,
      got: value,
      allowed: 'a text without line breaks, in which percent signs enclose a variable such as %HOSTNAME% or are doubled',
      next: value === '' ? 'remove the header instead' : 'correct the value',
    });
  }
}

function plain<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
