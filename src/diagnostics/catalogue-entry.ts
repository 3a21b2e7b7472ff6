/**
 * How bad a finding is. Constructs refuse only errors; the other levels are for checks that read finished manifests.
 */
export type Level = 'error' | 'warning' | 'info';

/** What a code stands for, independent of where it was met. */
export interface CatalogueEntry {
  readonly level: Level;
  /** The mistake, in a few words. */
  readonly title: string;
  /** Why it is one: what Istio, Envoy or Kubernetes would do with it. */
  readonly cause: string;
  /** What to do about it, in one clause, where the refusal knows nothing better. */
  readonly remedy: string;
  /** The message code of `istioctl analyze` for the same mistake, where it has one. */
  readonly istio?: string;
}

export function error(title: string, cause: string, remedy: string, istio?: string): CatalogueEntry {
  return Object.freeze({ level: 'error' as const, title, cause, remedy, ...(istio ? { istio } : {}) });
}
