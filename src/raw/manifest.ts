import { ApiObject } from 'cdk8s';
import { Json, labelsAt, text, texts } from '../kernel/json';
import { Labels } from '../values/labels';

/** An object as it is written, and who writes it. */
export interface Manifest {
  readonly object: ApiObject;
  readonly json: Json;
  readonly namespace: string;
  /** The path of the construct. */
  readonly by: string;
}

/** An object as it is written. An object without a namespace lands in the current namespace of the tool that applies it. */
export function manifest(object: ApiObject): Manifest {
  const json = object.toJson() as Json;
  return {
    object,
    json,
    namespace: text(json, 'metadata', 'namespace') ?? 'default',
    by: object.node.id === 'Resource' ? object.node.scope!.node.path : object.node.path,
  };
}

/** Whether pods with these labels are selected. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The labels that an object of Istio's selects pods by; undefined where it means all. */
export function selectorOf(json: Json): Labels | undefined {
  const selector = labelsAt(json, 'spec', 'selector', 'matchLabels') ?? labelsAt(json, 'spec', 'workloadSelector', 'labels')
    ?? labelsAt(json, 'spec', 'workloadSelector', 'matchLabels');
  return selector && Object.keys(selector).length > 0 ? selector : undefined;
}

/** The gateways of a VirtualService; `mesh` where it names none. */
export function gatewaysOf(json: Json): string[] {
  const gateways = texts(json, 'spec', 'gateways');
  return gateways.length > 0 ? gateways : ['mesh'];
}
