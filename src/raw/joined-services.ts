import { Finding } from './finding';
import { Ground } from './ground';
import { Manifest, selects } from './manifest';
import { labelsAt, list, text } from '../kernel/json';
import { podTemplate } from '../kernel/pod-template';
import { callsIn } from '../services/calls/recorded-calls';
import { podsOfAccount } from '../services/workloads/workloads';
import { Labels } from '../values/labels';

function named({ object, json }: Manifest): string {
  return `${object.kind} ${text(json, 'metadata', 'name')}`;
}

/** The owned Service that would select pods with these labels as endpoints. */
function joined(unknown: Manifest, labels: { [key: string]: string } | undefined, ground: Ground): Finding[] {
  const service = labels && ground.all('Service').find(({ json, namespace }) => {
    const selector = labelsAt(json, 'spec', 'selector');
    return namespace === unknown.namespace && selector !== undefined && Object.keys(selector).length > 0 && selects(selector, labels);
  });
  return service ? [{
    code: 'IM1022',
    problem: `the pods of ${named(unknown)} have the labels that ${service.by} selects, so they would receive its requests`,
    got: labelsAt(service.json, 'spec', 'selector'),
    next: 'give the pods other labels, or pass a Deployment or StatefulSet to the construct with `fromWorkload`',
  }] : [];
}

/**
 * Refuses pods with a ServiceAccount that policies allow. A described caller is an exception: these can be its pods, if they have the labels that
 * it lists. Pods of a construct do not share their identity with other pods.
 */
function impersonating(unknown: Manifest, account: string | undefined, labels: Labels, ground: Ground): Finding[] {
  const { namespace } = unknown;
  const principal = `/ns/${namespace}/sa/${account}`;
  const policy = account && ground.all('AuthorizationPolicy').find(({ json }) => list(json, 'spec', 'rules')
    .some(rule => list(rule, 'from').some(from => list(from, 'source', 'principals').some(each => typeof each === 'string' && each.endsWith(principal)))));
  if (!policy || isDescribed({ namespace, account, labels }, ground)) {
    return [];
  }
  return [{
    code: 'IM1022',
    problem: `the pods of ${named(unknown)} run as ${account}, which ${policy.by} allows as a declared caller`,
    got: account,
    next: 'give the pods a separate ServiceAccount, and declare their calls with CallerIdentity.fromAttributes',
  }];
}

/** Whether a described caller has this identity, and can have these labels. */
function isDescribed({ namespace, account, labels }: { namespace: string; account: string; labels: Labels }, { cluster }: Ground): boolean {
  const isMade = podsOfAccount(cluster, namespace, account).length > 0;
  return !isMade && callsIn(cluster).some(({ caller }) => {
    const { namespace: where, accounts = [], podLabels = {} } = caller.identity();
    return where === namespace && accounts.includes(account) && selects(podLabels, labels);
  });
}

/** Compares pods that no construct creates. */
export function joinedByWorkload(unknown: Manifest, ground: Ground): Finding[] {
  const template = podTemplate(unknown.object.kind, unknown.json);
  const labels = labelsAt(template, 'metadata', 'labels') ?? {};
  const account = text(template, 'spec', 'serviceAccountName') ?? text(template, 'spec', 'serviceAccount') ?? 'default';
  return [...joined(unknown, labels, ground), ...impersonating(unknown, account, labels, ground)].slice(0, 1);
}

/** Compares workloads outside the cluster: like pods, they are endpoints of Services that select their labels, and have identities. */
export function joinedByEntry(unknown: Manifest, ground: Ground): Finding[] {
  const { object, json } = unknown;
  const isGroup = object.kind === 'WorkloadGroup';
  const labels = labelsAt(json, ...isGroup ? ['spec', 'metadata', 'labels'] : ['spec', 'labels']) ?? {};
  const account = text(json, ...isGroup ? ['spec', 'template', 'serviceAccount'] : ['spec', 'serviceAccount']);
  return [...joined(unknown, labels, ground), ...impersonating(unknown, account, labels, ground)].slice(0, 1);
}

/** Compares endpoints that a user adds to those that Kubernetes computes. */
export function joinedByEndpoints(unknown: Manifest, ground: Ground): Finding[] {
  const { object, json, namespace } = unknown;
  const name = object.kind === 'Endpoints' ? text(json, 'metadata', 'name') : text(json, 'metadata', 'labels', 'kubernetes.io/service-name');
  const service = ground.all('Service').find(other => other.namespace === namespace && text(other.json, 'metadata', 'name') === name);
  return service ? [{
    code: 'IM1022', problem: `${named(unknown)} adds endpoints to the Service of ${service.by}`, next: 'remove it: Kubernetes computes the endpoints of a Service from its selector',
  }] : [];
}
