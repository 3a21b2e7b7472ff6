import { at, Json } from './json';

/** Kinds that create pods, and the path of their pod template. */
const TEMPLATES: { readonly [kind: string]: string[] } = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Kinds that create pods. */
export const WORKLOAD_KINDS = Object.keys(TEMPLATES);

/** The pod template of an object of this kind. Undefined if the kind creates no pods. */
export function podTemplate(kind: string, json: Json): Json {
  return kind in TEMPLATES ? at(json, ...TEMPLATES[kind]) : undefined;
}
