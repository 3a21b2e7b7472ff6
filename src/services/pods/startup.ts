/**
 * In which order the pods of a stateful service start and end.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-management-policies
 */
export enum Startup {
  /** One after the other: each waits until those before it are ready. */
  ORDERED = 'ORDERED',
  /** All at once, for peers that become ready only together. */
  PARALLEL = 'PARALLEL',
}
