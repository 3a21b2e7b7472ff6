import { ApiObject } from 'cdk8s';
import { Json, labelsAt, text, texts } from '../kernel/json';
import { manifestOf } from '../synthesis/rendered-object';
import { Labels } from '../values/labels';

/** A rendered object, and the construct that creates it. */
export interface Manifest {
  readonly object: ApiObject;
  readonly json: Json;
  readonly namespace: string;
  /** The path of the construct. */
  readonly by: string;
}

/** The rendered form of an object. An object without a namespace is taken to be in `default`. */
export function manifest(object: ApiObject): Manifest {
  const json: Json = manifestOf(object);
  return {
    object,
    json,
    namespace: text(json, 'metadata', 'namespace') ?? 'default',
    by: object.node.id === 'Resource' ? object.node.scope!.node.path : object.node.path,
  };
}

/** Whether a selector selects pods with these labels. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The labels by which an object of Istio selects pods. Undefined if it applies to all pods. */
export function selectorOf(json: Json): Labels | undefined {
  const selector = labelsAt(json, 'spec', 'selector', 'matchLabels') ?? labelsAt(json, 'spec', 'workloadSelector', 'labels')
    ?? labelsAt(json, 'spec', 'workloadSelector', 'matchLabels');
  return selector && Object.keys(selector).length > 0 ? selector : undefined;
}

/** The gateways of a VirtualService; `mesh` if it lists none. */
export function gatewaysOf(json: Json): string[] {
  const gateways = texts(json, 'spec', 'gateways');
  return gateways.length > 0 ? gateways : ['mesh'];
}
