import { IConstruct } from 'constructs';
import { Caller } from './callers';
import { namespaceOf, namespaceScopeOf } from '../../kernel/namespace-scope';
import { MeshNamespace } from '../mesh-namespace';
import { PodFacts } from '../pods/pod-facts';

/** The pods of one workload: what is added to them late, and who they are. */
export interface CallingPods {
  readonly pods: PodFacts;
  readonly serviceAccount: () => string | undefined;
}

/** A construct whose calls come from the pods of these workloads. */
export function podCaller(construct: IConstruct, workloads: CallingPods[]): Caller {
  const scope = namespaceScopeOf(construct);
  return {
    namespace: namespaceOf(construct),
    hasSidecar: !(scope instanceof MeshNamespace) || scope.injects,
    serviceAccounts: () => [...new Set(workloads.map(({ serviceAccount }) => serviceAccount() ?? 'default'))].sort(),
    addPodLabel: (key, value, source) => workloads.forEach(({ pods }) => pods.addLabel(key, value, source)),
    addPodAnnotation: (key, value, source) => workloads.forEach(({ pods }) => pods.addAnnotation(key, value, source)),
    mountIntoSidecar: (secret, source) => workloads.map(({ pods }) => pods.mountIntoSidecar(secret, source))[0],
  };
}
