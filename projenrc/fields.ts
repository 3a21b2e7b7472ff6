/**
 * Writes docs/istio-fields.md: every field of the Istio kinds that the library writes, beside the public option that sets it and the test
 * that finds it again in the output. The fields are read from the pinned CRDs, the tests from the calls of `field(...)` in test/.
 *
 *   npm run fields                  write it (npm run compile first)
 *   npm run fields:check            fail when the committed file differs
 *
 * Fails where no test sets a field, where a test is for a field or an option that there is not, and where a field is in the list of
 * those that are left out and has a test all the same.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cell, proofs, ROOT } from './proofs';

/** The kinds whose every field is reachable. */
const KINDS = ['DestinationRule', 'Gateway', 'VirtualService'];

/** Where a DestinationRule has settings: each of `policyField(...)` is found at all of them. */
const POLICIES = [
  'DestinationRule.trafficPolicy', 'DestinationRule.trafficPolicy.portLevelSettings[]',
  'DestinationRule.subsets[].trafficPolicy', 'DestinationRule.subsets[].trafficPolicy.portLevelSettings[]',
];

const DEPRECATED = 'deprecated in Istio\'s API';
const HIDDEN = 'hidden in Istio\'s documentation';
const ONE_MIRROR = 'the older spelling of `mirrors` with one entry';
const ONE_GATEWAY = 'a VirtualService is written for one gateway, or for the mesh';
const BY_CALLER = 'a gateway has no callers with labels, and a port of TLS is not split (IM1208)';
const NOT_READ = 'read by no gateway: a route with it would take every connection';

const OUTSIDE = 'for hosts outside, behind a balancer or a proxy: the sidecar of a service would not understand it';
const UNCHECKED = 'a certificate that is not checked proves nothing';
const NO_REVOCATION = 'lists of revoked certificates: no construct names the files of a sidecar that it does not mount';
const ONE_BUDGET = 'a retry budget is for all versions (IM1642)';
const ONE_SUBSET = 'TLS is that of the host or its port, whichever version answers';

/** The same reason wherever a DestinationRule has settings. */
function everywhere(reasons: { readonly [field: string]: string }, places = POLICIES): { [field: string]: string } {
  return Object.fromEntries(places.flatMap(place => Object.entries(reasons).map(([field, why]) => [`${place}.${field}`, why])));
}

const [HOST, , SUBSET, SUBSET_PORT] = POLICIES;
const TLS = ['caCertificates', 'clientCertificate', 'credentialName', 'privateKey', 'subjectAltNames[]'];

/** Fields that no option sets, and why. The way there is a patch: `ApiObject.of(x).addJsonPatch(...)`. */
const LEFT_OUT: { readonly [field: string]: string } = {
  ...everywhere({
    'loadBalancer.consistentHash.minimumRingSize': `${DEPRECATED}: \`ringHash\``,
    'loadBalancer.warmupDurationSecs': `${DEPRECATED}: \`warmup\``,
    'outlierDetection.consecutiveErrors': `${DEPRECATED}: \`consecutive5xxErrors\``,
    'outlierDetection.outlierDetectionHttpErrorCodes[]': 'the release that the library is pinned to sets nothing by it',
    'tls.insecureSkipVerify': UNCHECKED,
    'tls.caCrl': NO_REVOCATION,
  }),
  ...everywhere({ 'proxyProtocol.version': OUTSIDE, 'tunnel.protocol': OUTSIDE, 'tunnel.targetHost': OUTSIDE, 'tunnel.targetPort': OUTSIDE }, [HOST, SUBSET]),
  ...everywhere({ 'retryBudget.budgetInterval': ONE_BUDGET, 'retryBudget.minRetryConcurrency': ONE_BUDGET, 'retryBudget.percent': ONE_BUDGET }, [SUBSET]),
  'DestinationRule.trafficPolicy.tls.credentialName': 'TLS of a route out of the mesh is that of a port: `portLevelSettings`',
  ...everywhere(Object.fromEntries(TLS.map(field => [`tls.${field}`, ONE_SUBSET])), [SUBSET, SUBSET_PORT]),
  [`${SUBSET_PORT}.tls.sni`]: ONE_SUBSET,
  'Gateway.servers[].defaultEndpoint': `${HIDDEN}, not implemented`,
  'Gateway.servers[].port.targetPort': DEPRECATED,
  'Gateway.servers[].tls.tlsCertificates[].caCertificates': `${HIDDEN}: \`caCertificates\``,
  'VirtualService.http[].corsPolicy.allowOrigin[]': `${DEPRECATED}: \`allowOrigins\``,
  'VirtualService.http[].fault.abort.http2Error': `${HIDDEN}, not implemented`,
  'VirtualService.http[].fault.delay.exponentialDelay': `${HIDDEN}, not implemented`,
  'VirtualService.http[].fault.delay.percent': `${DEPRECATED}: \`percentage\``,
  'VirtualService.http[].match[].gateways[]': ONE_GATEWAY,
  'VirtualService.http[].mirror.host': ONE_MIRROR,
  'VirtualService.http[].mirror.port.number': ONE_MIRROR,
  'VirtualService.http[].mirror.subset': ONE_MIRROR,
  'VirtualService.http[].mirrorPercentage.value': ONE_MIRROR,
  'VirtualService.http[].mirror_percent': `${DEPRECATED}: \`mirrors[].percentage\``,
  'VirtualService.http[].mirrorPercent': `${DEPRECATED}: \`mirrors[].percentage\``,
  'VirtualService.tcp[].match[].destinationSubnets[]': NOT_READ,
  'VirtualService.tcp[].match[].gateways[]': ONE_GATEWAY,
  'VirtualService.tcp[].match[].sourceSubnet': HIDDEN,
  'VirtualService.tls[].match[].destinationSubnets[]': NOT_READ,
  'VirtualService.tls[].match[].gateways[]': ONE_GATEWAY,
  'VirtualService.tls[].match[].sourceLabels.*': BY_CALLER,
  'VirtualService.tls[].match[].sourceNamespace': BY_CALLER,
};

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
function fields(): string[] {
  const folder = join(ROOT, 'imports', 'crds');
  return readdirSync(folder).sort()
    .flatMap(file => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(doc => doc.toJS().spec))
    .filter(spec => KINDS.includes(spec.names.kind))
    .flatMap(spec => leaves(spec.versions[0].schema.openAPIV3Schema.properties.spec, spec.names.kind));
}

const assembly: Record<string, any> = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')).types;

/** Whether the public API has this name: `Struct.property`, of the struct or one that it extends; `Class.method`, `Class.constructor`. */
function isPublic(name: string): boolean {
  const [type, member] = name.split('.');
  return has(Object.values(assembly).find(one => one.namespace === undefined && one.name === type), member);
}

function has(type: any, member: string): boolean {
  const members = [...type?.properties ?? [], ...type?.methods ?? [], ...type?.members ?? []];
  return members.some(one => one.name === member) || (member === 'constructor' && type?.initializer !== undefined)
    || (type?.interfaces ?? []).some((base: string) => has(assembly[base], member));
}

const all = fields();
const proven = [
  ...proofs('field').map(({ texts: [field, option], file }) => ({ field, option, file })),
  ...proofs('policyField').flatMap(({ texts: [field, option], file }) => POLICIES.map(place => ({ field: `${place}.${field}`, option, file }))),
];

function row(field: string): string {
  const found = proven.filter(proof => proof.field === field);
  const [kind, ...path] = field.split('.');
  const options = [...new Set(found.map(({ option }) => `\`${option}\``))].join('<br>') || `none: ${cell(LEFT_OUT[field] ?? '')}`;
  const where = [...new Set(found.map(({ file }) => `[${file}](../${file})`))].join('<br>');
  return `| ${kind} | \`${path.join('.')}\` | ${options} | ${where} |`;
}

const text = [
  '# Istio\'s fields and the options that set them',
  '',
  'Generated by `npm run fields` from the pinned CRDs and the tests; never edited.',
  `${all.length} fields of ${KINDS.join(', ')}. Each test sets the option and finds its value again at the field.`,
  '`[]` is each item of a list, `*` each key of a map.',
  '',
  '| kind | field | option | test |',
  '| --- | --- | --- | --- |',
  ...all.map(row),
  '',
].join('\n');

const PAGE = join(ROOT, 'docs', 'istio-fields.md');
const problems = [
  ...all.filter(field => !proven.some(proof => proof.field === field) && !LEFT_OUT[field]).map(field => `${field} has no test.`),
  ...Object.keys(LEFT_OUT).filter(field => !all.includes(field)).map(field => `${field} is left out, and there is no such field.`),
  ...proven.filter(({ field }) => LEFT_OUT[field] !== undefined).map(({ field, file }) => `${file}: ${field} is in the list of those left out.`),
  ...proven.filter(({ field }) => !all.includes(field)).map(({ field, file }) => `${file}: there is no field ${field}.`),
  ...proven.filter(({ option }) => !isPublic(option)).map(({ option, file }) => `${file}: there is no option ${option}.`),
];
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, text);
} else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text) {
  problems.push('docs/istio-fields.md is not what CRDs and tests say; run `npm run compile && npm run fields`.');
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length > 0 ? 1 : 0;
