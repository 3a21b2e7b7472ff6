import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Call, callsIn, callsOf } from './calls/recorded-calls';
import { isGateway } from './workloads/gateway-pods';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshHost } from '../hosts/mesh-host';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { MeshAttributes } from '../kernel/mesh-attributes';
import { writtenMetadata } from '../kernel/written-metadata';
import { isExported } from '../values/export-to';

const EXPORT_TO = 'networking.istio.io/exportTo';

/** Refuses, at synthesis, a Service whose annotation hides it from namespaces of its callers and gateways (IM1861). */
export function checkServiceVisible(service: Construct, object: ApiObject): void {
  refuseAtSynthesis(service, () => {
    const edges = callsOf(service, [service]).filter(edge => edge.callee.construct === service && !isLimited(edge));
    if (edges.length === 0) {
      return;
    }
    const exported: unknown = writtenMetadata(service, object.metadata).annotations[EXPORT_TO];
    if (typeof exported === 'string') {
      const to = exported.split(',').map(each => each.trim());
      refuse(service, edges.find(edge => isHidden(edge, to)), `the annotation ${EXPORT_TO} of its Service`, exported);
    }
  });
}

/** Refuses mesh defaults that hide services, or their routes and policies, from namespaces of their callers and gateways (IM1861). */
export function checkDefaultVisibility(at: IConstruct, { exported = {} }: Pick<MeshAttributes, 'exported'>): void {
  for (const [field, to] of Object.entries(exported)) {
    const hidden = to && callsIn(at).find(edge => edge.callee.pods && !isLimited(edge) && isHidden(edge, to));
    refuse(at, hidden, `meshConfig.${field}`, to);
  }
}

function refuse(at: IConstruct, hidden: Call | undefined, what: string, got: unknown): void {
  if (hidden) {
    const { caller, callee } = hidden;
    throw new MeshError('IM1861', at, {
      problem: `${what} hides ${callee.name} of namespace ${callee.namespace} from ${caller.name} of namespace ${namespaceOf(hidden)}, which calls it`,
      got,
      next: 'add that namespace, or use LeastPrivilege, which exports each service to its callers',
    });
  }
}

/** Whether its objects set `exportTo` themselves. */
function isLimited({ callee: { construct, hosts } }: Call): boolean {
  return MeshHost.of(construct, hosts[0])?.visibility.isLimited ?? false;
}

function isHidden(edge: Call, to: string[]): boolean {
  const namespace = namespaceOf(edge);
  return namespace !== undefined && !isExported(to, edge.callee.namespace, namespace);
}

/** The namespace of the calling proxies, if it is known. */
function namespaceOf({ caller }: Call): string | undefined {
  try {
    return caller.identity().namespace;
  } catch (e) {
    return isGateway(caller.construct) ? caller.construct.namespace : undefined;
  }
}
