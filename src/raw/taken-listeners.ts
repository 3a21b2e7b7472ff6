import { Finding } from './finding';
import { Listener, serversOf } from './gateway-servers';
import { Ground } from './ground';
import { gatewaysOf, Manifest, selects } from './manifest';
import { at, Json, labelsAt, list, text, texts } from '../kernel/json';
import { covers } from '../values/host';
import { Labels } from '../values/labels';

/** The transport of a listener of Envoy, which has only one. A listener with TLS decides by SNI whether the gateway terminates TLS. */
const FAMILIES: { readonly [protocol: string]: string } = { 'HTTPS': 'TLS', 'TLS': 'TLS', 'HTTP': 'HTTP', 'HTTP2': 'HTTP', 'GRPC': 'HTTP', 'GRPC-WEB': 'HTTP' };

function family(protocol: string): string {
  return FAMILIES[protocol.toUpperCase()] ?? protocol.toUpperCase();
}

/** The listeners of a Gateway of the Gateway API that existing pods serve. */
function listenersOf({ json, namespace, by }: Manifest, ground: Ground): Listener[] {
  return list(json, 'spec', 'addresses').filter(address => text(address, 'type') === 'Hostname').flatMap(address => {
    const [name, where = namespace] = (text(address, 'value') ?? '').split('.');
    const service = ground.all('Service').find(other => other.namespace === where && text(other.json, 'metadata', 'name') === name);
    const pods = service ? labelsAt(service.json, 'spec', 'selector') : stockPods(name);
    return pods === undefined ? [] : list(json, 'spec', 'listeners').map(listener => ({
      name: text(listener, 'name') ?? '',
      by,
      pods,
      port: Number(at(listener, 'port')),
      protocol: text(listener, 'protocol') ?? '',
      hosts: [(text(listener, 'hostname') ?? '*').toLowerCase()],
    }));
  });
}

/** The pods of Istio's profiles, by the name of their Service. */
function stockPods(service: string): Labels | undefined {
  const kind = /^istio-((?:in|e)gressgateway)$/.exec(service)?.[1];
  return kind === undefined ? undefined : { app: service, istio: kind };
}

/** The listeners for an Ingress of Istio's class, which the stock ingress gateway serves. */
function rulesOf({ json, by }: Manifest): Listener[] {
  const classes = [text(json, 'spec', 'ingressClassName'), text(json, 'metadata', 'annotations', 'kubernetes.io/ingress.class')];
  if (!classes.includes('istio')) {
    return [];
  }
  const pods = stockPods('istio-ingressgateway')!;
  const hostOf = (rule: Json) => (text(rule, 'host') ?? '*').toLowerCase();
  const plain = { name: '', by, pods, port: 80, protocol: 'HTTP', hosts: list(json, 'spec', 'rules').map(hostOf) };
  const secure = list(json, 'spec', 'tls').map(tls => ({ ...plain, port: 443, protocol: 'HTTPS', hosts: texts(tls, 'hosts') }));
  return [plain, ...secure];
}

function meet(one: Listener, other: Listener): boolean {
  return one.port === other.port && (one.bind ?? '') === (other.bind ?? '') && (selects(one.pods, other.pods) || selects(other.pods, one.pods));
}

function compare(unknown: Manifest, listeners: Listener[], ground: Ground): Finding[] {
  for (const listening of listeners) {
    for (const other of ground.listeners.filter(each => meet(listening, each))) {
      const host = listening.hosts.find(each => other.hosts.some(pattern => covers(pattern, each)));
      const differs = family(listening.protocol) !== family(other.protocol);
      if (host !== undefined || differs) {
        const what = `${unknown.object.kind} ${text(unknown.json, 'metadata', 'name')}`;
        return [{
          code: 'IM1019',
          problem: differs ? `${what} uses ${listening.protocol} at port ${listening.port} of pods where ${other.by} uses ${other.protocol}`
            : `${what} serves ${host} at port ${listening.port} of pods where ${other.by} serves ${other.hosts.join(', ')}`,
        }];
      }
    }
  }
  return [];
}

/** Compares a Gateway. The pods of a gateway have one listener for each port, whichever objects select them. */
export function takenByGateway(unknown: Manifest, ground: Ground): Finding[] {
  return compare(unknown, serversOf(unknown, false), ground);
}

export function takenByGatewayApi(unknown: Manifest, ground: Ground): Finding[] {
  return compare(unknown, listenersOf(unknown, ground), ground);
}

export function takenByIngress(unknown: Manifest, ground: Ground): Finding[] {
  return compare(unknown, rulesOf(unknown), ground);
}

/**
 * Gateways at the same port of the same pods share one route table: a route of one of them for a host also applies to the other.
 *
 * @param gateways the Gateways that no construct creates
 */
export function takenThroughGateway(unknown: Manifest, ground: Ground, gateways: readonly Manifest[]): Finding[] {
  const { json, namespace } = unknown;
  const names = gatewaysOf(json).map(name => (name.includes('/') ? name : `${namespace}/${name}`));
  const servers = gateways.flatMap(gateway => serversOf(gateway, false)).filter(({ name }) => names.includes(name));
  const neighbours = ground.listeners.filter(other => servers.some(server => meet(server, other)));
  for (const route of ground.all('VirtualService')) {
    const routed = gatewaysOf(route.json);
    const taken = neighbours.some(({ name }) => routed.includes(name))
      ? texts(json, 'spec', 'hosts').find(host => texts(route.json, 'spec', 'hosts').some(other => covers(other, host))) : undefined;
    if (taken !== undefined) {
      return [{
        code: 'IM1018',
        problem: `VirtualService ${text(json, 'metadata', 'name')} routes ${taken} at pods and a port where ${route.by} routes it already`,
        next: 'add the route to the gateway of the construct',
      }];
    }
  }
  return [];
}
