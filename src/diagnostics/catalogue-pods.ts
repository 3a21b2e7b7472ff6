import { error } from './catalogue-entry';

/** The codes of what pods need beside their containers: ports that probes ask, objects that they refer to, what comes before them. */
export const PODS = {
  IM1130: error('an annotation that holds no map of settings',
    'Istio reads some annotations as YAML or JSON: the settings of a proxy, and its volumes. It does not inject pods whose settings it cannot read.',
    'write one map, with each field once'),
  IM1131: error('two values of one setting of a proxy',
    'Users and constructs may both say how the proxy of a pod runs. The settings are joined, and each has one value.',
    'drop one of the two'),
  IM1712: error('a probe of a port that no container has',
    'Kubernetes asks that port for ever: the pod never becomes ready, or is started again and again.',
    'name the port that the container listens on'),
  IM1713: error('a job that runs before what it needs is there',
    'Argo CD and Helm apply hooks, and objects of early waves, by themselves and wait for them: a job whose ServiceAccount comes later has no pods, and nothing comes later.',
    'give what the job needs the same annotations'),
  IM1714: error('init containers without a network',
    'What leads traffic to the sidecar is there before the init containers, and a sidecar that is no native one starts after them.',
    'use releases with native sidecars'),
  IM1715: error('an object of another namespace that pods refer to',
    'Pods name ConfigMaps, Secrets, claims and ServiceAccounts without a namespace: Kubernetes looks in theirs, and starts no pod without them.',
    'make the object in the namespace of the pods'),
};
