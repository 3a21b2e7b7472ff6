import { ApiObject } from 'cdk8s';
import { checkClusters } from './cluster-checks';
import { patchCount } from './written-object';
import { MeshError } from '../diagnostics/mesh-error';
import { manifestOf } from '../synthesis/rendered-object';

/** The groups whose imported classes this library exports. */
const EXPORTED = /(^|\.)(istio\.io|cert-manager\.io)$/;

checkClusters((_, { objects, foreign }) => {
  const isChecked = (object: ApiObject) => (patchCount(object) > 0 || (foreign.has(object) && EXPORTED.test(object.apiGroup))) && isGenerated(object);
  return objects.filter(isChecked).flatMap(dropped);
});

function dropped(object: ApiObject): string[] {
  const field = firstDropped(ApiObject.prototype.toJson.call(object), manifestOf(object));
  return field === undefined ? [] : [new MeshError('IM1017', object, {
    problem: `${field.join('.')} of ${object.kind} ${object.name} is set, but the imported class does not write it unchanged`,
  }).message];
}

/** Generated classes render a plain object again, field by field. */
function isGenerated(object: ApiObject): boolean {
  return (Object.getPrototypeOf(object) as ApiObject).toJson !== ApiObject.prototype.toJson;
}

/** The first field that is set and not written. */
function firstDropped(given: unknown, written: unknown): string[] | undefined {
  if (typeof given !== 'object' || given === null) {
    return given === written || given === undefined ? undefined : [];
  }
  if (typeof written !== 'object' || written === null) {
    // A value that can be a number or a text is set as an object, and written as the value in the object.
    return Object.keys(given).join() === 'value' && (given as { value: unknown }).value === written ? undefined : [];
  }
  const spelled = new Map(Object.keys(written).map(key => [key.toLowerCase(), key]));
  for (const [key, value] of Object.entries(given)) {
    // Properties of generated classes are spelled in camel case: `clusterIp` is written as `clusterIP`.
    const below = firstDropped(value, (written as Record<string, unknown>)[spelled.get(key.toLowerCase()) ?? key]);
    if (below) {
      return [key, ...below];
    }
  }
  return undefined;
}
