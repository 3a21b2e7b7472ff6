import { IConstruct } from 'constructs';
import { Caller } from './recorded-calls';
import { Labels } from '../../values/labels';
import { hasSidecars } from '../workloads/sidecars';

/** What can be added to pods that are made here. */
export interface MadePods {
  /** Their labels, so far. */
  readonly podLabels: Labels;
  /** Adds a label. */
  addLabel(key: string, value: string, source: IConstruct): void;
  /** Adds an annotation. */
  addAnnotation(key: string, value: string, source: IConstruct): void;
  /** Mounts a Secret into their sidecars. Returns the folder. */
  mountIntoSidecar(secret: string, source: IConstruct): string;
}

/** The pods from which calls come, as far as they are known. */
export interface CallingPods {
  readonly namespace: string;
  /** The root of their identities, where it is not that of the cluster. */
  readonly trustDomain?: string;
  /** Whether a sidecar stands between them and what they call. Complete at synthesis. */
  readonly hasSidecar: boolean;
  /** The labels that all of them have; undefined where none is known. */
  readonly labels?: Labels;
  /** They, if they are made here; several where each version has pods of its own. Undefined where somebody else deploys them. */
  readonly made?: MadePods[];
  /** The ServiceAccounts that they run as, sorted; `*` for every one of the namespace. */
  accounts(): string[];
}

const callers = new WeakMap<IConstruct, (version?: string) => CallingPods>();

/** States from which pods a construct calls: all of them, or those of one version. Asked whenever a reader wants to know. */
export function declareCaller(construct: IConstruct, pods: (version?: string) => CallingPods): void {
  callers.set(construct, pods);
}

/** The pods from which a caller calls: undefined for gateways, whose calls are those of their routes. */
export function callingPods({ construct, version, facts }: Caller, at: IConstruct): CallingPods | undefined {
  if (construct) {
    return callers.get(construct)?.(version);
  }
  const { namespace, accounts = ['*'], podLabels, trustDomain } = facts();
  return {
    namespace,
    trustDomain,
    hasSidecar: trustDomain !== undefined || hasSidecars(at, namespace),
    labels: podLabels && Object.keys(podLabels).length > 0 ? podLabels : undefined,
    accounts: () => accounts,
  };
}
