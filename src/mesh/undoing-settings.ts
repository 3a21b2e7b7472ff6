import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isObject, Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { knownNamespaces } from '../kernel/known-namespaces';
import { MeshCluster } from '../kernel/mesh-cluster';
import { eachNamespace } from '../services/namespaces/mesh-namespace';
import { undoneBy } from '../services/pods/pod-settings';
import { MadeWorkload } from '../services/workloads/workload';
import { workloadsAround } from '../services/workloads/workloads';
import { isSelected, Labels } from '../values/labels';

/**
 * What values of the chart of istiod and fields of the configuration of the mesh say for all pods, by the annotation by which one pod says it.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 */
const AS_ANNOTATION: { readonly [path: string]: string } = {
  'global.proxy.excludeIPRanges': 'traffic.sidecar.istio.io/excludeOutboundIPRanges',
  'global.proxy.excludeInboundPorts': 'traffic.sidecar.istio.io/excludeInboundPorts',
  'global.proxy.excludeOutboundPorts': 'traffic.sidecar.istio.io/excludeOutboundPorts',
  'global.proxy.includeIPRanges': 'traffic.sidecar.istio.io/includeOutboundIPRanges',
  'global.proxy.includeInboundPorts': 'traffic.sidecar.istio.io/includeInboundPorts',
  'meshConfig.defaultConfig.interceptionMode': 'sidecar.istio.io/interceptionMode',
  'meshConfig.defaultConfig.statusPort': 'status.sidecar.istio.io/port',
  'global.proxy.statusPort': 'status.sidecar.istio.io/port',
  'sidecarInjectorWebhook.defaultTemplates': 'inject.istio.io/templates',
  'sidecarInjectorWebhook.rewriteAppHTTPProbe': 'sidecar.istio.io/rewriteAppHTTPProbers',
};

/** What a value undoes, computed at synthesis; undefined if it undoes nothing. */
type Undone = (value: unknown, at: IConstruct) => string | undefined;

/** Values of the chart of istiod that no annotation of pods says. */
const BY_THEMSELVES: { readonly [path: string]: Undone } = {
  'global.proxy.autoInject': (value, at) => (value === 'enabled' ? undefined : injecting(at, 'would get no sidecars')),
  'global.proxy.enableCoreDump': (value, at) => (value === true ? restricted(at) : undefined),
  'global.proxy.privileged': (value, at) => (value === true ? restricted(at) : undefined),
  'meshConfig.discoverySelectors': (value, at) => undiscovered(value, at),
  'meshConfig.rootNamespace': (value, at) => {
    const { rootNamespace } = MeshCluster.of(at);
    return value === rootNamespace ? undefined : `the cluster says that the root namespace is ${rootNamespace}`;
  },
  'sidecarInjectorWebhook.injectedAnnotations': (value, at) => {
    const all = isObject(value) ? Object.entries(value) : [];
    return first(all, ([annotation, each]) => forAll(annotation, String(each), at));
  },
  'sidecarInjectorWebhook.neverInjectSelector': (value, at) => first(workloadsAround(at), ({ name, namespace, versions }) => {
    const hidden = Array.isArray(value) && versions.some(({ labels }) => value.some(selector => isSelected(selector, labels)));
    return hidden ? `the pods of ${name} in namespace ${namespace} would get no sidecars` : undefined;
  }),
};

/**
 * Refuses values of the chart of istiod by which the mesh would undo what constructs declare.
 *
 * @param path where the values stand, for messages
 */
export function checkUndoing(at: IConstruct, values: Values, path: string): void {
  const all: [string, Undone][] = [
    ...Object.entries(AS_ANNOTATION).map(([each, annotation]): [string, Undone] => [each, value => forAll(annotation, text(value), at)]),
    ...Object.entries(BY_THEMSELVES),
  ];
  for (const [each, undone] of all) {
    const value = each.split('.').reduce<unknown>((around, key) => (isObject(around) ? around[key] : undefined), values);
    const problem = value === undefined ? undefined : undone(value, at);
    if (problem !== undefined) {
      throw new MeshError('IM1619', at, { problem: `${[path, each].filter(part => part !== '').join('.')} undoes what is declared: ${problem}`, got: value, next: 'drop it' });
    }
  }
}

function forAll(annotation: string, value: string, at: IConstruct): string | undefined {
  return first(workloadsAround(at), (workload: MadeWorkload) => {
    const problem = undoneBy(annotation, value, workload);
    return problem && `for the pods of ${workload.name} in namespace ${workload.namespace} it ${problem}`;
  });
}

function first<T>(all: T[], problem: (each: T) => string | undefined): string | undefined {
  return all.reduce<string | undefined>((known, each) => known ?? problem(each), undefined);
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function injecting(at: IConstruct, what: string): string | undefined {
  const namespace = knownNamespaces(at).find(({ injection }) => injection?.injects);
  return namespace && `the pods of namespace ${namespace.name} ${what}`;
}

/** A namespace of this App that istiod would not watch. `discoverySelectors` of the settings has a code of its own. */
function undiscovered(value: unknown, at: IConstruct): string | undefined {
  const found: string[] = [];
  eachNamespace(at, namespace => {
    const object = namespace.node.tryFindChild('Resource') as ApiObject | undefined; // undefined for an existing namespace
    const labels = (object?.metadata.toJson() as { labels?: Labels } | undefined)?.labels ?? {};
    const all = Array.isArray(value) ? value : [];
    if (object && all.length > 0 && !all.some(selector => isSelected(selector, { ...labels, 'kubernetes.io/metadata.name': namespace.name }))) {
      found.push(namespace.name);
    }
  });
  return found.length === 0 ? undefined : `istiod would not look at namespace ${found.sort()[0]}, which lacks the labels`;
}

/** Namespaces that take no pods with privileges. */
function restricted(at: IConstruct): string | undefined {
  const found: string[] = [];
  eachNamespace(at, namespace => {
    const object = namespace.node.tryFindChild('Resource') as ApiObject | undefined; // undefined for an existing namespace
    if (namespace.injects && ['baseline', 'restricted'].includes(object?.metadata.getLabel('pod-security.kubernetes.io/enforce') ?? '')) {
      found.push(namespace.name);
    }
  });
  return found.length === 0 ? undefined : `Pod Security of namespace ${found.sort()[0]} refuses pods with such a sidecar`;
}
