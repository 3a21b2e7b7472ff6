import { ApiObject, ApiObjectMetadataDefinition, App } from 'cdk8s';
import { isKnownCdk8s } from './cdk8s-release';
import { Form, Json, resolved, resolvesByDefault } from './resolved-value';

const FORM: Form = { sortKeys: true, dropEmpty: true };

/** The fields of metadata that are private in cdk8s. */
interface PrivateMetadata {
  readonly apiObject: ApiObject;
  readonly _additionalAttributes: { readonly [key: string]: Json };
  readonly [key: string]: Json;
}

/**
 * What `metadata.toJson()` returns.
 *
 * @throws NotPlain for values of unknown classes
 */
export function renderedMetadata(metadata: ApiObjectMetadataDefinition): Json {
  if (metadata.constructor !== ApiObjectMetadataDefinition || Object.hasOwn(metadata, 'toJson')) {
    return metadata.toJson();
  }
  return render(metadata);
}

/** What `ApiObjectMetadataDefinition.prototype.toJson` returns. */
function render(metadata: ApiObjectMetadataDefinition): Json {
  const { _additionalAttributes, name, namespace, annotations, finalizers, ownerReferences, labels } = metadata as unknown as PrivateMetadata;
  return resolved(Object.assign({}, _additionalAttributes, { name, namespace, annotations, finalizers, ownerReferences, labels }), FORM);
}

/** Makes metadata render itself several times faster, with the same result. cdk8s-plus renders the metadata of pods in each check and each output. */
export function renderFaster(metadata: ApiObjectMetadataDefinition): void {
  if (metadata.constructor === ApiObjectMetadataDefinition) {
    Object.defineProperty(metadata, 'toJson', { value: toJson, writable: true, configurable: true });
  }
}

function toJson(this: ApiObjectMetadataDefinition): Json {
  const { apiObject } = this as unknown as PrivateMetadata;
  if (isKnownCdk8s() && resolvesByDefault(App.of(apiObject) as App)) {
    try {
      return render(this);
    } catch {
      // cdk8s refuses the value, or renders what we cannot
    }
  }
  return ApiObjectMetadataDefinition.prototype.toJson.call(this);
}
