import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { ErrorObject, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parseAllDocuments } from 'yaml';

const CRDS = join(__dirname, '..', '..', 'imports', 'crds');

type Schema = Record<string, any>;

/** What the API server says about `metadata` lies outside the CRD; this much of it matters here. */
const METADATA: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 253 },
    namespace: { type: 'string', minLength: 1, maxLength: 63 },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

/** The schemas of the pinned CRDs by `<group>/<version>/<kind>`. */
const SCHEMAS = once(() => new Map(readdirSync(CRDS).sort()
  .flatMap(file => parseAllDocuments(readFileSync(join(CRDS, file), 'utf8')).map(doc => doc.toJS().spec))
  .flatMap(({ group, names, versions }) => versions.map(({ name, schema }: Schema): [string, Schema] => [`${group}/${name}/${names.kind}`, schema.openAPIV3Schema]))));

// `strict` is about the schema's own keywords: OpenAPI brings some that JSON schema does not know.
const AJV = once(() => addFormats(new Ajv({ allErrors: true, strict: false })));

/** A schema takes long to compile, so only those of the kinds that are asked for are compiled. */
const validators = new Map<string, ValidateFunction>();

/**
 * Checks a synthesized Istio object against the OpenAPI schema of the pinned CRDs, and returns what is
 * wrong with it. Stricter than the API server, which silently prunes an unknown field: here it is
 * an error, and so is a kind or a version that the pinned CRDs do not have.
 *
 * CEL rules (`x-kubernetes-validations`) are not evaluated.
 */
export function validateIstioObject(obj: unknown): string[] {
  const { apiVersion, kind } = (obj ?? {}) as Record<string, unknown>;
  const key = `${apiVersion}/${kind}`;
  const schema = SCHEMAS().get(key);
  if (!schema) return [`${key} is none of ${[...SCHEMAS().keys()].join(', ')}`];
  const validate = validators.get(key) ?? AJV().compile(wholeObject(schema));
  validators.set(key, validate);
  return validate(obj) ? [] : validate.errors!.map(describe);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

/** A CRD describes what is below its type: the type itself and `metadata` are understood. */
function wholeObject(schema: Schema): Schema {
  return closed({
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...schema.required ?? []],
    properties: {
      ...schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { 'x-kubernetes-preserve-unknown-fields': true, ...METADATA },
    },
  });
}

/**
 * The schema with unknown fields refused. Only `properties`, `items` and `additionalProperties` describe
 * fields; the branches of `oneOf`, `anyOf` and `not` merely restrict them and must stay open.
 */
function closed(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string']) {
    const { type, ...rest } = schema;
    return { ...rest, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  const result = { ...schema };
  if (schema.items) result.items = closed(schema.items);
  if (typeof schema.additionalProperties === 'object') result.additionalProperties = closed(schema.additionalProperties);
  if (schema.properties) {
    result.properties = Object.fromEntries(Object.entries<Schema>(schema.properties).map(([name, field]) => [name, closed(field)]));
    if (!schema['x-kubernetes-preserve-unknown-fields'] && schema.additionalProperties === undefined) result.additionalProperties = false;
  }
  return result;
}

function describe(error: ErrorObject): string {
  const path = error.instancePath.slice(1).replace(/\/(\d+)(?=\/|$)/g, '[$1]').replace(/\//g, '.');
  const detail = error.params.additionalProperty ?? error.params.allowedValues?.join(', ');
  return `${path || '(object)'} ${error.message}${detail === undefined ? '' : `: ${detail}`}`;
}
