/**
 * Writes docs/istio-fields.md: every field of the Istio kinds that the library writes, beside the public option that sets it and the test
 * that finds it again in the output. The fields are read from the pinned CRDs, the tests from the calls of `field(...)` in test/.
 *
 *   npm run fields                  write it (npm run compile first)
 *   npm run fields:check            fail when the committed file differs
 *
 * Fails where no test sets a field, where a test is for a field or an option that does not exist, and where a field has both a test and a reason
 * why it is left out. Each field of a VirtualService is set for gateways and in the mesh, or has a reason.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { TYPES, Type, typeOf } from './api-assembly';
import { GATEWAYS_ONLY, LEFT_OUT, MESH_ONLY, POLICIES, reasonFor } from './fields-left-out';
import { cell, proofs, ROOT } from './proofs';

/** The kinds whose every field is set or left out for a reason. */
const KINDS = [
  'VirtualService', 'Gateway', 'DestinationRule', 'ServiceEntry', 'Sidecar', 'AuthorizationPolicy', 'RequestAuthentication', 'PeerAuthentication', 'Telemetry',
];
const PAGE = join(ROOT, 'docs', 'istio-fields.md');

type Schema = Record<string, any>;

/** The leaves of a schema: `[]` is each of a list, `*` each key of a map. */
function leaves(schema: Schema, path: string): string[] {
  if (schema.properties) {
    return Object.entries<Schema>(schema.properties).flatMap(([name, field]) => leaves(field, `${path}.${name}`));
  }
  if (schema.items) return leaves(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') return leaves(schema.additionalProperties, `${path}.*`);
  return [path];
}

/** The fields of the kinds, as the pinned CRDs have them. */
function fields(): Map<string, string[]> {
  const folder = join(ROOT, 'imports', 'crds');
  const specs = readdirSync(folder).sort().flatMap(file => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(doc => doc.toJS().spec));
  return new Map(KINDS.map(kind => {
    const { versions: [{ schema }] } = specs.find(({ names }) => names.kind === kind);
    return [kind, leaves(schema.openAPIV3Schema.properties.spec, kind)];
  }));
}

/** Whether the public API has this name: `Struct.property`, of the struct or one that it extends; `Class.method`, `Class.constructor`. */
function isPublic(name: string): boolean {
  const [type, member] = name.split('.');
  return has(TYPES.find(one => one.name === type), member);
}

function has(type: Type | undefined, member: string): boolean {
  const members = [...type?.properties ?? [], ...type?.methods ?? [], ...type?.members ?? []];
  return members.some(one => one.name === member) || (member === 'constructor' && type?.initializer !== undefined)
    || (type?.interfaces ?? []).some(base => has(typeOf(base), member));
}

/** A test that an option sets a field. */
interface Set {
  readonly field: string;
  readonly option: string;
  readonly file: string;
  readonly where: 'gateways' | 'mesh' | 'any';
}

const sets = (helper: string, where: Set['where'], at: (field: string) => readonly string[] = field => [field]) =>
  proofs(helper).flatMap(({ texts: [path, option], file }) => at(path).map((field): Set => ({ field, option, file, where })));
const all = fields();
const known = [...all.values()].flat();
const proven = [
  ...sets('field', 'any'), ...sets('gatewayField', 'gateways'), ...sets('meshField', 'mesh'),
  ...sets('policyField', 'any', path => POLICIES.map(place => `${place}.${path}`)),
];
const isRoute = (field: string) => field.startsWith('VirtualService.');

/** The options that set a field there, or why none does. */
function options(field: string, where: Set['where'], ...reasons: { readonly [field: string]: string }[]): string {
  const found = proven.filter(set => set.field === field && set.where === where);
  if (found.length > 0) return [...new Set(found.map(({ option }) => `\`${option}\``))].join('<br>');
  return `none: ${cell(reasons.map(list => list[reasonFor(list, field) ?? '']).find(why => why !== undefined) ?? '')}`;
}

function row(field: string): string {
  const files = [...new Set(proven.filter(set => set.field === field).map(({ file }) => `[${file.replace('test/fields/', '')}](../${file})`))].join('<br>');
  const columns = isRoute(field)
    ? [options(field, 'gateways', LEFT_OUT, MESH_ONLY), options(field, 'mesh', LEFT_OUT, GATEWAYS_ONLY)]
    : [options(field, 'any', LEFT_OUT)];
  return `| \`${field.slice(field.indexOf('.') + 1)}\` | ${columns.join(' | ')} | ${files} |`;
}

function section([kind, list]: [string, string[]]): string[] {
  const columns = ['field', ...isRoute(`${kind}.`) ? ['option for gateways', 'option in the mesh'] : ['option'], 'test'];
  return [`## ${kind}`, '', `| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`, ...list.map(row), ''];
}

const text = [
  '# Istio\'s fields and the options that set them',
  '',
  'Generated by `npm run fields` from the pinned CRDs and the tests. Do not edit.',
  `${known.length} fields of ${KINDS.map(kind => `[${kind}](#${kind.toLowerCase()})`).join(', ')}. Each test sets the option and finds its value at the field.`,
  '`[]` is each item of a list, `*` each key of a map.',
  '',
  'The fields of a VirtualService have two columns: options of routes from gateways, and options for calls between services and out of the mesh.',
  '',
  ...[...all].flatMap(section),
].join('\n');

/** Fields that lack a test and a reason, or have both. */
function contradictions(field: string): string[] {
  const here = (where: Set['where']) => proven.some(set => set.field === field && set.where === where);
  const leftOut = reasonFor(LEFT_OUT, field) !== undefined;
  const wanted: [boolean, string][] = isRoute(field)
    ? [
      [here('gateways') === (leftOut || reasonFor(MESH_ONLY, field) !== undefined), 'for gateways'],
      [here('mesh') === (leftOut || reasonFor(GATEWAYS_ONLY, field) !== undefined), 'in the mesh'],
      [here('any'), 'by gatewayField() or meshField(), not by field()'],
    ]
    : [[here('any') === leftOut, '']];
  return wanted.filter(([wrong]) => wrong).map(([, where]) => `${field} needs a test or a reason, one of the two ${where}`.trimEnd());
}

const problems = [
  ...known.flatMap(contradictions),
  ...[LEFT_OUT, GATEWAYS_ONLY, MESH_ONLY].flatMap(list => Object.keys(list).filter(key => !known.some(field => reasonFor({ [key]: '' }, field))))
    .map(field => `There is a reason for ${field}, and there is no such field.`),
  ...proven.filter(({ field }) => !known.includes(field)).map(({ field, file }) => `${file}: there is no field ${field}.`),
  ...proven.filter(({ option }) => !isPublic(option)).map(({ option, file }) => `${file}: there is no option ${option}.`),
];
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, text);
} else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text) {
  problems.push('docs/istio-fields.md differs from CRDs and tests; run `npm run compile && npm run fields`.');
}
[...new Set(problems)].forEach(problem => console.error(problem));
process.exitCode = problems.length > 0 ? 1 : 0;
