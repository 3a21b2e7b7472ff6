import { IConstruct } from 'constructs';
import { Caller } from './callers';
import { namespaceOf } from '../../kernel/namespace-scope';
import { getSidecars } from '../mesh-namespace';
import { PodFacts } from '../pods/pod-facts';

/** The pods of one workload: what is added to them late, and who they are. */
export interface CallingPods {
  readonly pods: PodFacts;
  readonly serviceAccount: () => string | undefined;
}

/** A construct whose calls come from the pods of these workloads. */
export function podCaller(construct: IConstruct, workloads: CallingPods[]): Caller {
  return {
    namespace: namespaceOf(construct),
    hasSidecar: getSidecars(construct),
    serviceAccounts: () => [...new Set(workloads.map(({ serviceAccount }) => serviceAccount() ?? 'default'))].sort(),
    addPodLabel: (key, value, source) => workloads.forEach(({ pods }) => pods.addLabel(key, value, source)),
    addPodAnnotation: (key, value, source) => workloads.forEach(({ pods }) => pods.addAnnotation(key, value, source)),
    mountIntoSidecar: (secret, source) => workloads.map(({ pods }) => pods.mountIntoSidecar(secret, source))[0],
  };
}
