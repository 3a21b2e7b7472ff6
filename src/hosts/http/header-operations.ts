import { sorted } from './conditions';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { wrongVariable } from '../../values/envoy-variables';
import { headerName } from '../../values/header-name';

/**
 * What is done to the headers of a message on its way. Names are in lower case; `host` and pseudo-headers such as `:path` are no headers.
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
   * Names of headers that are not there afterwards.
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

/** The operations as Istio spells them, if the names and values are those of headers and no header has two operations. */
export function renderHeaders(headers: HttpHeaders | undefined, at: Located | string): networking.VirtualServiceSpecHttpHeaders | undefined {
  const request = rendered(headers?.request, at);
  const response = rendered(headers?.response, at);
  return request || response ? { request, response } : undefined;
}

function rendered(operations: HeaderOperations | undefined, at: Located | string): networking.VirtualServiceSpecHttpHeadersRequest | undefined {
  const { set = {}, add = {}, remove = [] } = operations ?? {};
  const names = [...Object.keys(set), ...Object.keys(add), ...remove];
  names.forEach(name => headerName(name, at, 'IM1332', name === 'host' || name === ':authority' ? 'use `rewrite: { authority }`' : undefined));
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
