import { IConstruct } from 'constructs';
import { Caller } from './callers';
import { namespaceOf } from '../../kernel/namespace-scope';
import { PodFacts } from '../pods/pod-facts';
import { getSidecars } from '../sidecars';

/** The pods of one workload: what is added to them late, and who they are. */
export interface CallingPods {
  readonly pods: PodFacts;
  readonly serviceAccount: () => string | undefined;
}

/** A construct whose calls come from the pods of these workloads. */
export function podCaller(construct: IConstruct, workloads: CallingPods[], hasSidecar = () => getSidecars(construct)): Caller {
  return {
    namespace: namespaceOf(construct),
    get hasSidecar() {
      return hasSidecar();
    },
    serviceAccounts: () => [...new Set(workloads.map(({ serviceAccount }) => serviceAccount() ?? 'default'))].sort(),
    addPodLabel: (key, value, source) => workloads.forEach(({ pods }) => pods.addLabel(key, value, source)),
    addPodAnnotation: (key, value, source) => workloads.forEach(({ pods }) => pods.addAnnotation(key, value, source)),
    mountIntoSidecar: (secret, source) => workloads.map(({ pods }) => pods.mountIntoSidecar(secret, source))[0],
  };
}
