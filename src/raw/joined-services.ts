import { Finding } from './finding';
import { Ground, Manifest, OwnedPods, podTemplate, selects } from './ground';
import { at, Json, labelsAt, list, text } from './json';
import { isHttp, isHttp2, isTls, MeshProtocol } from '../values/protocol';

function named({ object, json }: Manifest): string {
  return `${object.kind} ${text(json, 'metadata', 'name')}`;
}

/** The owned Service whose endpoints pods with these labels would be. */
function joined(stranger: Manifest, labels: { [key: string]: string } | undefined, ground: Ground): Finding[] {
  const service = labels && ground.all('Service').find(({ json, namespace }) => {
    const selector = labelsAt(json, 'spec', 'selector');
    return namespace === stranger.namespace && selector !== undefined && Object.keys(selector).length > 0 && selects(selector, labels);
  });
  return service ? [{
    code: 'IM1022',
    problem: `the pods of ${named(stranger)} have the labels by which ${service.by} selects its own: requests for it would reach them`,
    got: labelsAt(service.json, 'spec', 'selector'),
    next: 'give the pods other labels, or hand a Deployment or StatefulSet to the construct by `fromWorkload`',
  }] : [];
}

/** Whoever runs as a ServiceAccount that policies name is let in by them. */
function impersonating(stranger: Manifest, template: Json, ground: Ground): Finding[] {
  const account = text(template, 'spec', 'serviceAccountName') ?? text(template, 'spec', 'serviceAccount');
  const principal = `/ns/${stranger.namespace}/sa/${account}`;
  const policy = account && ground.all('AuthorizationPolicy').find(({ json }) => list(json, 'spec', 'rules')
    .some(rule => list(rule, 'from').some(from => list(from, 'source', 'principals').some(each => typeof each === 'string' && each.endsWith(principal)))));
  return policy ? [{
    code: 'IM1022',
    problem: `the pods of ${named(stranger)} run as ${account}, which ${policy.by} lets in as a caller that is declared`,
    got: account as string,
    next: 'give the pods a ServiceAccount of their own, and declare what they call by CallerIdentity.fromAttributes',
  }] : [];
}

/** Pods that no construct made. */
export function joinedByWorkload(stranger: Manifest, ground: Ground): Finding[] {
  const template = podTemplate(stranger.object.kind, stranger.json);
  return [...joined(stranger, labelsAt(template, 'metadata', 'labels'), ground), ...impersonating(stranger, template, ground)].slice(0, 1);
}

/** Workloads outside of the cluster are endpoints of Services that select their labels. */
export function joinedByEntry(stranger: Manifest, ground: Ground): Finding[] {
  return joined(stranger, labelsAt(stranger.json, ...stranger.object.kind === 'WorkloadGroup' ? ['spec', 'metadata', 'labels'] : ['spec', 'labels']), ground);
}

/** Endpoints that somebody writes beside those that Kubernetes finds. */
export function joinedByEndpoints(stranger: Manifest, ground: Ground): Finding[] {
  const { object, json, namespace } = stranger;
  const name = object.kind === 'Endpoints' ? text(json, 'metadata', 'name') : text(json, 'metadata', 'labels', 'kubernetes.io/service-name');
  const service = ground.all('Service').find(other => other.namespace === namespace && text(other.json, 'metadata', 'name') === name);
  return service ? [{
    code: 'IM1022', problem: `${named(stranger)} gives endpoints to the Service of ${service.by}`, next: 'drop it: Kubernetes finds the endpoints of a Service by its selector',
  }] : [];
}

/** What a port of a Service speaks; undefined where nothing says so. */
function protocolOf(port: Json): string | undefined {
  const said = text(port, 'appProtocol')?.toLowerCase().replace(/^kubernetes\.io\/h2c$/, 'http2').replace(/^kubernetes\.io\/wss?$/, 'http')
    ?? text(port, 'name')?.split('-')[0] ?? '';
  const name = said === 'grpc' && text(port, 'name')?.startsWith('grpc-web') ? 'grpc-web' : said;
  return (Object.values(MeshProtocol) as string[]).includes(name) ? name : undefined;
}

/** How the one listener that sidecars have for a port of the pods reads it. */
function reading(protocol: string | undefined): string {
  const known = protocol as MeshProtocol;
  return protocol === undefined ? 'sniffed' : isHttp2(known) ? 'http2' : isHttp(known) ? 'http' : isTls(known) ? 'tls' : protocol;
}

interface Target {
  readonly number: number | string;
  readonly protocol?: string;
}

function targets(json: Json, pods: OwnedPods): Target[] {
  return list(json, 'spec', 'ports').filter(port => (text(port, 'protocol') ?? 'TCP') === 'TCP').map(port => {
    const target = at(port, 'targetPort') ?? at(port, 'port');
    const declared = list(pods.template, 'spec', 'containers').flatMap(container => list(container, 'ports')).find(each => text(each, 'name') === target);
    return { number: (at(declared, 'containerPort') ?? target) as number | string, protocol: protocolOf(port) };
  });
}

/**
 * A Service of another name beside that of a construct is a second name for the pods, and does no harm where it says of their ports
 * what the construct says. Sidecars have one listener for a port of the pods, which speaks what the older of two Services says.
 */
export function misreadByService(stranger: Manifest, ground: Ground): Finding[] {
  const { json, namespace } = stranger;
  const selector = labelsAt(json, 'spec', 'selector') ?? {};
  const shared = Object.keys(selector).length === 0 ? [] : ground.pods.filter(pods => pods.namespace === namespace && selects(selector, pods.labels));
  for (const pods of shared) {
    const mine = targets(json, pods);
    const own = ground.all('Service').filter(other => other.namespace === namespace && selects(labelsAt(other.json, 'spec', 'selector') ?? { '': '' }, pods.labels));
    for (const other of own) {
      for (const its of targets(other.json, pods)) {
        const differs = mine.find(each => each.number === its.number && reading(each.protocol) !== reading(its.protocol)
          && !(each.protocol === undefined && isHttp(its.protocol as MeshProtocol)));
        if (differs) {
          return [{
            code: 'IM1023',
            problem: `${named(stranger)} says that port ${its.number} of the pods of ${pods.by} speaks ${differs.protocol ?? 'whatever is sniffed'}, and ${other.by} says ${its.protocol ?? 'nothing'}`,
            next: 'name the port after the protocol that the construct says, or drop the Service',
          }];
        }
      }
    }
  }
  return [];
}
