import { IConstruct } from 'constructs';
import { bypassedInbound, bypassedOutbound } from './bypassed-sidecar';
import { Effect, ISTIO_ANNOTATIONS, ISTIO_LABELS } from './istio-metadata';
import { JOINED, PROXY_CONFIG } from './joined-settings';
import { MeshError } from '../../diagnostics/mesh-error';
import { namespaceOf } from '../../kernel/namespace-scope';
import { mayBePrivate, overlap } from '../../values/cidr';
import { Labels } from '../../values/labels';
import { readSettings } from '../../values/setting-map';
import { CalleeAttributes } from '../calls/callee';
import { hasSidecars } from '../workloads/sidecars';
import { MadeWorkload } from '../workloads/workload';
import { workloadAbove } from '../workloads/workloads';

const INJECT = 'sidecar.istio.io/inject';
const TEMPLATES = 'inject.istio.io/templates';
const TRAFFIC = 'traffic.sidecar.istio.io/';
const TLS_MODE = 'security.istio.io/tlsMode';

/** The known labels and annotations of pods. */
export interface PodMetadata {
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

/** The values with which every connection goes through the sidecar. */
const HARMLESS: { readonly [annotation: string]: (value: string) => boolean } = {
  'ambient.istio.io/bypass-inbound-capture': value => value !== 'true',
  'sidecar.istio.io/interceptionMode': value => !['NONE', '2'].includes(value), // a ProxyConfig may contain the number of the mode
  'sidecar.istio.io/rewriteAppHTTPProbers': value => value !== 'false',
  'status.sidecar.istio.io/port': value => value !== '0',
  'traffic.sidecar.istio.io/includeInboundPorts': value => value === '*',
  'traffic.sidecar.istio.io/includeOutboundIPRanges': value => value === '*',
};

/** Fields of a ProxyConfig with the same effect as an annotation. */
const AS_ANNOTATION: { readonly [field: string]: string } = {
  discoveryAddress: 'sidecar.istio.io/discoveryAddress',
  interceptionMode: 'sidecar.istio.io/interceptionMode',
  statusPort: 'status.sidecar.istio.io/port',
};

/** Refuses labels and annotations of Istio that contradict the declarations of constructs. Complete at synthesis. */
export function checkPodSettings(at: IConstruct, subject: string, { labels = {}, annotations = {} }: PodMetadata): void {
  const proxied = hasSidecars(at, namespaceOf(at)) ? ![labels[INJECT], annotations[INJECT]].includes('false') : [labels[INJECT], annotations[INJECT]].includes('true');
  const check = (what: string, table: { readonly [name: string]: Effect }, given: Labels) => {
    // Few pods have Istio's labels and annotations. Only these need their workload.
    for (const [key, value] of Object.entries(given).filter(([name]) => table[name] !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const workload = workloadAbove(at);
      const problem = proxied ? undone(table[key], key, value, workload) : undoneWithout(key, value);
      if (problem !== undefined) {
        throw new MeshError('IM1860', at, { problem: `the ${what} ${key} of ${subject} ${problem}`, got: value, next: nextOf(table[key]) });
      }
    }
  };
  check('label', ISTIO_LABELS, labels);
  check('annotation', ISTIO_ANNOTATIONS, annotations);
}

/** The declarations that an annotation contradicts, for pods with a sidecar. Undefined if there are none. Complete at synthesis. */
export function undoneBy(annotation: string, value: string, workload: MadeWorkload): string | undefined {
  return undone(ISTIO_ANNOTATIONS[annotation], annotation, value, workload);
}

function undone(effect: Effect | undefined, key: string, value: string, workload: MadeWorkload | undefined): string | undefined {
  if (key === PROXY_CONFIG) {
    const settings = readSettings(value, JOINED[PROXY_CONFIG], `the annotation ${PROXY_CONFIG}`, PROXY_CONFIG);
    const problems = Object.entries(AS_ANNOTATION).filter(([field]) => settings[field] !== undefined)
      .map(([field, annotation]) => undone(ISTIO_ANNOTATIONS[annotation], annotation, String(settings[field]), workload));
    return problems.find(problem => problem !== undefined);
  }
  if (effect === 'istio') {
    return 'is set by Istio';
  }
  if (effect === 'sidecar' && key !== INJECT && !(key === TEMPLATES && value.split(',').some(name => name.trim() === 'sidecar'))) {
    return 'decides about the sidecar, which is for the namespace to say';
  }
  if (effect === 'callers' && !(key === TLS_MODE && value === 'istio')) {
    return 'has callers connect in another way than the pods take it';
  }
  const harmless = HARMLESS[key]?.(value) ?? value.trim() === '';
  if (!workload || harmless) {
    return undefined;
  }
  const contradiction = contradictionOf(effect, key, value, workload);
  return contradiction && `${effect === 'probes' ? 'sends probes in plain text' : 'makes connections bypass the sidecar'}, but ${contradiction}`;
}

function contradictionOf(effect: Effect | undefined, key: string, value: string, workload: MadeWorkload): string | undefined {
  const listed = value.split(',').map(each => each.trim()).filter(each => each !== '');
  const ports = listed.map(Number);
  const served = (port: number) => workload.ports.some(({ targetPort }) => targetPort === port);
  switch (key) {
    case `${TRAFFIC}excludeInboundPorts`: return bypassedInbound(workload, port => ports.includes(port), ports.some(port => !served(port)));
    case `${TRAFFIC}includeInboundPorts`: return bypassedInbound(workload, port => !ports.includes(port), true);
    case `${TRAFFIC}excludeOutboundPorts`: return bypassedOutbound(workload, ({ port }) => ports.includes(port.port) || ports.includes(port.targetPort));
    case `${TRAFFIC}excludeOutboundIPRanges`: return bypassedOutbound(workload, ({ callee }) => listed.some(range => mayReach(callee, range)));
    case `${TRAFFIC}includeOutboundIPRanges`: return bypassedOutbound(workload, ({ callee }) => !listed.some(range => mayReach(callee, range)));
    default:
  }
  const inbound = () => bypassedInbound(workload, () => effect !== 'probes', true);
  const outbound = () => bypassedOutbound(workload, () => true);
  return effect === 'inbound' || effect === 'probes' ? inbound() : effect === 'outbound' ? outbound() : effect === 'both' ? inbound() ?? outbound() : undefined;
}

/** Whether a CIDR block may contain addresses of a callee. Pods and Services have private addresses, hosts outside of the mesh those that are declared. */
function mayReach({ pods, addresses = [] }: CalleeAttributes, range: string): boolean {
  return pods ? mayBePrivate(range) : addresses.some(address => overlap(address, range));
}

/** Callers use this label to detect pods with a sidecar. */
function undoneWithout(key: string, value: string): string | undefined {
  return key === TLS_MODE && value !== 'disabled' ? 'has callers speak mutual TLS, and the pods have no sidecar' : undefined;
}

function nextOf(effect: Effect): string {
  return effect === 'inbound' || effect === 'both'
    ? 'drop it; a port that is to take plain text sets it itself: { mutualTls: MutualTls.PERMISSIVE }'
    : effect === 'outbound' ? 'drop it; what the pods call is for `calls` and EgressRoute to say' : 'drop it';
}
