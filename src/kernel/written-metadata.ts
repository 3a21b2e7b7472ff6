import { ApiObjectMetadataDefinition, App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { rootOf } from './scopes';
import { Labels } from '../values/labels';

/** The labels and annotations of an object, as cdk8s writes them. They are never changed through this. */
export interface WrittenMetadata {
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** The number of resolvers that every App of cdk8s has. */
const BUILT_IN = 3;

/**
 * Reads the labels and annotations of an object. Nearly always they are texts already, and rendering all metadata for them is expensive.
 *
 * @param at a construct of the App, whose own resolvers can replace texts
 */
export function writtenMetadata(at: IConstruct, metadata: ApiObjectMetadataDefinition): WrittenMetadata {
  const { labels, annotations } = metadata as unknown as { labels?: object; annotations?: object };
  if (isPlain(labels) && isPlain(annotations) && (rootOf(at) as App).resolvers?.length === BUILT_IN) {
    return { labels, annotations };
  }
  const rendered = (metadata.toJson() ?? {}) as Partial<WrittenMetadata>;
  return { labels: rendered.labels ?? {}, annotations: rendered.annotations ?? {} };
}

/** Whether all values are texts, which cdk8s writes as they are. */
function isPlain(values: object | undefined): values is Labels {
  for (const key in values) {
    if (typeof (values as Labels)[key] !== 'string') {
      return false;
    }
  }
  return values !== undefined;
}
