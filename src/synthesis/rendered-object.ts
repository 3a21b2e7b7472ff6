import { ApiObject, App, JsonPatch } from 'cdk8s';
import { isKnownCdk8s } from './cdk8s-release';
import { Kept, perSynthesis } from './per-synthesis';
import { renderedMetadata } from './rendered-metadata';
import { Form, Json, resolved, resolvesByDefault } from './resolved-value';

/** A rendered object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- manifests of any tool
  readonly [field: string]: any;
}

/** The class that `cdk8s import` generates for a kind. */
interface GeneratedClass {
  readonly GVK: object;
  /** What `toJson()` of an instance returns, for the properties after cdk8s resolves them. */
  manifest(properties: Json): Manifest;
}

/** The fields of an object that are private in cdk8s. */
interface PrivateObject {
  readonly props: { readonly [key: string]: Json };
  readonly patches: JsonPatch[];
}

/** The keys that cdk8s writes first. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

/** What `object.toJson()` returns. It is rendered once while answers are kept. */
export const manifestOf: Kept<ApiObject, Manifest> = perSynthesis((object: ApiObject) => {
  const generated = generatedClassOf(object);
  const { isKnown, form } = settingsOf(App.of(object.chart) as App);
  if (generated === undefined || !isKnown) {
    return object.toJson();
  }
  let plain: Manifest;
  try {
    plain = render(object, form);
  } catch {
    return object.toJson(); // it throws the error of cdk8s, or can render what we cannot
  }
  return generated === 'none' ? plain : generated.manifest(plain);
});

/** Whether cdk8s renders the objects of an App as we do, and in which form. */
const settingsOf = perSynthesis((app: App): { readonly isKnown: boolean; readonly form: Form } => ({
  isKnown: isKnownCdk8s() && resolvesByDefault(app),
  form: { sortKeys: !process.env.CDK8S_DISABLE_SORT, dropEmpty: false }, // eslint-disable-line no-restricted-globals -- a setting of cdk8s, which has no other form
}));

/** The generated class whose `toJson()` an object has; none if it has that of `ApiObject`. Undefined if it has one that is unknown. */
function generatedClassOf(object: ApiObject): GeneratedClass | 'none' | undefined {
  let at: object = object;
  while (!Object.hasOwn(at, 'toJson')) {
    at = Object.getPrototypeOf(at);
  }
  if (at === ApiObject.prototype) {
    return 'none';
  }
  const { constructor } = at as { readonly constructor: Partial<GeneratedClass> };
  const isGenerated = Object.hasOwn(constructor, 'GVK') && Object.hasOwn(constructor, 'manifest') && Object.getPrototypeOf(at) === ApiObject.prototype;
  return isGenerated ? constructor as GeneratedClass : undefined;
}

/** What `ApiObject.prototype.toJson` returns. */
function render(object: ApiObject, form: Form): Manifest {
  const { props, patches } = object as unknown as PrivateObject;
  const metadata = renderedMetadata(object.metadata);
  if (patches.length > 0) {
    return inOrder(JsonPatch.apply(resolved({ ...props, metadata }, form), ...patches));
  }
  const { metadata: _, ...given } = props;
  return inOrder({ ...resolved(given, form) as object, ...metadata === undefined ? {} : { metadata } }); // metadata is resolved already
}

/** The keys of a manifest in the order of cdk8s. */
function inOrder(manifest: { readonly [key: string]: Json }): Manifest {
  const result: { [key: string]: Json } = {};
  for (const key of FIRST) {
    if (key in manifest) {
      result[key] = manifest[key];
    }
  }
  return Object.assign(result, manifest) as unknown as Manifest;
}
