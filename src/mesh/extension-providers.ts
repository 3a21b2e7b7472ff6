import { isObject } from './values';
import { ProxyCallee } from '../services/calls/proxy-callees';

/** The kinds of providers that proxies ask for a policy that names them. */
const AUTHORIZERS = ['envoyExtAuthzGrpc', 'envoyExtAuthzHttp'];

/**
 * What proxies call for providers that are written as plain data: the service and port of each.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider
 */
export function calleesOf(providers: unknown): ProxyCallee[] {
  const all = (Array.isArray(providers) ? providers : []).filter(isObject);
  return all.flatMap(({ name, ...kinds }) => Object.entries(kinds).flatMap(([kind, settings]) => {
    if (!isObject(settings) || typeof settings.service !== 'string' || typeof settings.port !== 'number') {
      return [];
    }
    const [host, namespace] = settings.service.split('/').reverse();
    const provider = AUTHORIZERS.includes(kind) ? String(name) : undefined;
    return [{ host, namespace: namespace ?? namespaceOf(host), port: settings.port, provider }];
  }));
}

/** The namespace of a Service's full name; `*` for other hosts, which a ServiceEntry of any namespace may declare. */
function namespaceOf(host: string): string {
  const [, namespace, svc] = host.split('.');
  return svc === 'svc' ? namespace : '*';
}
