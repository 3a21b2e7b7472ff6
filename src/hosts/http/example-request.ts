import { HttpMatch } from './http-match';
import * as networking from '../../../imports/networking.istio.io';
import { matchesPattern } from '../../values/string-match';

/** The parts of a request that routes match. An absent part is unknown. */
export interface ExampleRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  readonly port?: number;
}

/** A StringMatch of Istio. Without any field, it means that the header or parameter is present. */
interface TextCondition {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

type IstioMatch = networking.VirtualServiceSpecHttpMatch;

/** A request that meets the match, if one can be derived. */
export function exampleOf(match: HttpMatch): ExampleRequest | undefined {
  const { uri = { prefix: '/' }, method, headers, queryParams, port } = match.toIstio();
  const path = textFor(uri);
  const request = { method: method ? textFor(method) : 'GET', path, headers: textsFor(headers), query: textsFor(queryParams), port };
  const known = [request.method, path, ...Object.values(request.headers), ...Object.values(request.query)].every(text => text !== undefined);
  return known && takes(match, request as ExampleRequest) === true ? request as ExampleRequest : undefined;
}

/** Whether a request meets the match; undefined if that is not decidable. */
export function takes(match: HttpMatch, request: ExampleRequest): boolean | undefined {
  const istio: IstioMatch = match.toIstio();
  const { uri, ignoreUriCase, method, headers = {}, withoutHeaders = {}, queryParams = {}, port } = istio;
  const met = (uri === undefined || meets(uri, request.path, ignoreUriCase))
    && (method === undefined || meets(method, request.method))
    && Object.entries(headers).every(([name, condition]) => meets(condition, request.headers[name]))
    && !Object.entries(withoutHeaders).some(([name, condition]) => meets(condition, request.headers[name]))
    && Object.entries(queryParams).every(([name, condition]) => meets(condition, request.query[name]))
    && (port === undefined || request.port === undefined || port === request.port)
    && istio.sourceLabels === undefined;
  const unknown = istio.scheme !== undefined || istio.authority !== undefined || (port !== undefined && request.port === undefined);
  return met && unknown ? undefined : met;
}

/** `, such as GET /a,` if a request is known that meets both matches; otherwise an empty text. */
export function suchAs(first: HttpMatch, second: HttpMatch): string {
  const example = exampleOf(second);
  return example && takes(first, example) ? `, such as ${spell(example)},` : '';
}

/** `GET /a?x=1 with x-user: jason at port 443` */
export function spell({ method, path, headers, query, port }: ExampleRequest): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`).join('&');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(', ');
  return `${method} ${path}${pairs && `?${pairs}`}${lines && ` with ${lines}`}${port === undefined ? '' : ` at port ${port}`}`;
}

function meets({ exact, prefix, regex }: TextCondition, text: string | undefined, ignoreCase = false): boolean {
  if (text === undefined) {
    return false;
  }
  if (regex !== undefined) {
    return matchesPattern(regex, text);
  }
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  return exact !== undefined ? fold(text) === fold(exact) : fold(text).startsWith(fold(prefix ?? ''));
}

function textsFor(conditions: { readonly [name: string]: TextCondition } = {}): { [name: string]: string | undefined } {
  return Object.fromEntries(Object.entries(conditions).map(([name, condition]) => [name, textFor(condition)]));
}

/** A text that meets a condition. For a regular expression, a guess, returned only if the expression matches it. */
function textFor({ exact, prefix, regex }: TextCondition): string | undefined {
  if (regex === undefined) {
    return exact ?? prefix ?? 'anything';
  }
  const guess = regex
    .replace(/\.\*/g, '')
    .replace(/\\d[+*]?|\[0-9\][+*]?/g, '1')
    .replace(/\[[^\]]*\][+*]?|\\w[+*]?|\.\+/g, 'a')
    .replace(/\(\?:|[()^$?]/g, '')
    .replace(/\|.*/, '')
    .replace(/\\(.)/g, '$1')
    .replace(/[+*]/g, '');
  return [guess, `/${guess}`].find(text => meets({ regex }, text));
}
