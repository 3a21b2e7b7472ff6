import { at, Json } from './json';

/** Kinds that make pods, and where their template stands. */
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

/** Kinds that make pods. */
export const WORKLOAD_KINDS = Object.keys(TEMPLATES);

/** The template of the pods that an object of this kind makes; undefined where it makes none. */
export function podTemplate(kind: string, json: Json): Json {
  return kind in TEMPLATES ? at(json, ...TEMPLATES[kind]) : undefined;
}
