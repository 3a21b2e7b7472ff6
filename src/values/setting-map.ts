import { parseDocument, stringify } from 'yaml';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** A map of settings that an annotation holds as text. */
export interface SettingMap { readonly [name: string]: unknown }

/** How an annotation writes its map. */
export enum SettingFormat {
  /** YAML of messages of Istio's API. */
  YAML = 'YAML',
  /** JSON. */
  JSON = 'JSON',
}

/** Fields of Istio's ProxyConfig whose keys are the user's. All other keys are names of fields, in one of two spellings. */
const MAPS = ['customTags', 'proxyMetadata', 'runtimeValues'];

/**
 * The map in a text, its keys sorted. A text without a value is an empty map. Fields of Istio's API are spelled in camel case, since Istio
 * ignores one of two spellings of a field.
 *
 * @param what the text, for messages: `the annotation proxy.istio.io/config of the pods of reviews-v1`
 */
export function readSettings(text: string, format: SettingFormat, what: string, at: Located | string): SettingMap {
  const [value, problem] = format === SettingFormat.YAML ? spelled(readYaml(text, '1.1')) : readJson(text);
  if (problem !== undefined || !isMap(value)) {
    throw new MeshError('IM1130', at, {
      problem: `${what} holds no ${format} map`, found: problem === undefined ? JSON.stringify(text) : `${JSON.stringify(text)}: ${problem}`, allowed: format === SettingFormat.YAML ? 'concurrency: 2' : '{ "certs": { … } }',
    });
  }
  return sorted(value) as SettingMap;
}

/** Refuses a text that YAML 1.1, by which Istio reads, and YAML 1.2 understand differently: it cannot be rewritten safely. */
export function checkPlain(text: string, format: SettingFormat, what: string, at: Located | string): void {
  if (format === SettingFormat.YAML && JSON.stringify(readYaml(text, '1.1')) !== JSON.stringify(readYaml(text, '1.2'))) {
    throw new MeshError('IM1130', at, {
      problem: `${what} is joined with other settings, and has a value that YAML 1.1 and YAML 1.2 read differently`, got: text, next: 'put texts such as yes, on or 0755 into quotes, and write lists of maps in full',
    });
  }
}

/** The text of a map, its keys sorted. */
export function writeSettings(settings: SettingMap, format: SettingFormat): string {
  return format === SettingFormat.JSON
    ? JSON.stringify(sorted(settings))
    : stringify(settings, { version: '1.1', sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/** Whether a value is a map. */
export function isMap(value: unknown): value is SettingMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readYaml(text: string, version: '1.1' | '1.2'): [value: unknown, problem?: string] {
  const document = parseDocument(text, { version, logLevel: 'error' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    return [undefined, problem.code === 'MULTIPLE_DOCS' ? 'there are several documents' : problem.message.split('\n')[0].replace(/:$/, '')];
  }
  try {
    return [document.toJS() ?? {}];
  } catch (error) {
    return [undefined, (error as Error).message];
  }
}

function readJson(text: string): [value: unknown, problem?: string] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [undefined];
  }
}

/** The value with its fields in camel case. */
function spelled([value, problem]: [value: unknown, problem?: string]): [value: unknown, problem?: string] {
  if (Array.isArray(value)) {
    const members = value.map(member => spelled([member]));
    return [members.map(([member]) => member), problem ?? members.find(([, wrong]) => wrong)?.[1]];
  }
  if (!isMap(value)) {
    return [value, problem];
  }
  const map: { [name: string]: unknown } = {};
  let wrong = problem;
  for (const [key, member] of Object.entries(value)) {
    const name = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const [inner, trouble] = MAPS.includes(name) ? [member] : spelled([member]);
    wrong = wrong ?? trouble ?? (name in map ? `${name} is written twice, in two spellings` : undefined);
    map[name] = inner;
  }
  return [map, wrong];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (!isMap(value)) {
    return value;
  }
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, sorted(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
