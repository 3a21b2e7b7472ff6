import { IConstruct } from 'constructs';

/** What others need to know of a construct that calls, to let its pods through. */
export interface Caller {
  readonly namespace: string;
  /** Whether a sidecar stands between its pods and what they call. */
  readonly hasSidecar: boolean;
  /** The service accounts that its pods run as, sorted. */
  serviceAccounts(): string[];
  /** Adds a label to its pods. */
  addPodLabel(key: string, value: string, source: IConstruct): void;
  /** Adds an annotation to its pods. */
  addPodAnnotation(key: string, value: string, source: IConstruct): void;
  /** Mounts a Secret into the sidecars of its pods. Returns the folder. */
  mountIntoSidecar(secret: string, source: IConstruct): string;
}

const callers = new WeakMap<IConstruct, Caller>();

/** Says what there is to know of a construct that calls. */
export function declareCaller(construct: IConstruct, caller: Caller): void {
  callers.set(construct, caller);
}

/** What there is to know of a construct that calls: nothing of gateways, and of what somebody else deploys. */
export function callerOf(construct: IConstruct): Caller | undefined {
  return callers.get(construct);
}

