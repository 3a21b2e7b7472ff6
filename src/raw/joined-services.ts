import { Finding } from './finding';
import { Ground, Manifest, selects } from './ground';
import { Json, labelsAt, list, text } from '../kernel/json';
import { podTemplate } from '../kernel/pod-template';

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
    problem: `the pods of ${named(stranger)} run as ${account}, which ${policy.by} lets in as a declared caller`,
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
