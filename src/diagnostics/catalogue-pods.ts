import { error } from './catalogue-entry';

/** Codes of pods: ports of probes, references to objects, and objects that must exist before the pods start. */
export const PODS = {
  IM1130: error('an annotation without a map of settings',
    'Istio reads the annotations for proxy settings and volumes as YAML or JSON. It does not inject pods whose settings it cannot read.',
    'write one map, with each field once'),
  IM1131: error('two values of one proxy setting',
    'The library joins the proxy settings of the user and of constructs, and each setting has one value.',
    'remove one of the two'),
  IM1712: error('a probe for a port that no container has',
    'The probe always fails. The pod never becomes ready, or Kubernetes keeps restarting it.',
    'use the port on which the container listens'),
  IM1713: error('a job that runs before the objects that it needs',
    'Argo CD and Helm apply hooks and early waves first, and wait for them. A job without its ServiceAccount gets no pods, so the sync never finishes.',
    'give the objects that the job needs the same annotations'),
  IM1714: error('init containers without network',
    'Traffic redirection to the sidecar starts before the init containers run, and a sidecar that is not native starts after them.',
    'use releases with native sidecars'),
  IM1715: error('a reference from pods to another namespace',
    'Pods name ConfigMaps, Secrets, claims and ServiceAccounts without a namespace. Kubernetes looks for them in the namespace of the pod, and does not start the pod without them.',
    'create the object in the namespace of the pods'),
};
