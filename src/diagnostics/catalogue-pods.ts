import { error } from './catalogue-entry';

/** The codes of pods and what they need: ports of probes, objects that they refer to, what has to exist before they start. */
export const PODS = {
  IM1130: error('an annotation that holds no map of settings',
    'Istio reads some annotations as YAML or JSON: the settings of a proxy, and its volumes. It does not inject pods whose settings it cannot read.',
    'write one map, with each field once'),
  IM1131: error('two values of one setting of a proxy',
    'Users and constructs may both say how the proxy of a pod runs. The settings are joined, and each has one value.',
    'drop one of the two'),
  IM1712: error('a probe of a port that no container has',
    'The probe always fails: the pod never becomes ready, or Kubernetes restarts it again and again.',
    'name the port that the container listens on'),
  IM1713: error('a job that runs before what it needs is there',
    'Argo CD and Helm apply hooks and early waves first, and wait for them. A job without its ServiceAccount gets no pods, so the sync never ends.',
    'give what the job needs the same annotations'),
  IM1714: error('init containers without a network',
    'The rules that lead traffic to the sidecar are set before the init containers run, and a sidecar that is not native starts after them.',
    'use releases with native sidecars'),
  IM1715: error('an object of another namespace that pods refer to',
    'Pods name ConfigMaps, Secrets, claims and ServiceAccounts without a namespace. Kubernetes looks for them in the namespace of the pod, and does not start the pod without them.',
    'make the object in the namespace of the pods'),
};
