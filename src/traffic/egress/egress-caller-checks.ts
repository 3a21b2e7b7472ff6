import { IConstruct } from 'constructs';
import { RegisteredEgress } from './egress-index';
import { clientSecret } from './egress-secrets';
import { MeshError } from '../../diagnostics/mesh-error';
import { Caller } from '../../services/calls/caller';
import { callsOf } from '../../services/calls/recorded-calls';
import { SharedIdentities } from '../../services/calls/shared-identity';
import { hasSidecars } from '../../services/workloads/sidecars';

/** Refuses a caller without a sidecar, which routes and secures egress. */
export function checkSidecar(caller: Caller, callee: IConstruct, rules: string, next: string): void {
  if (!caller.hasSidecar(callee)) {
    throw new MeshError('IM1510', caller.construct ?? callee, {
      problem: `${caller.construct ? 'its pods' : `the pods of ${caller.name}`} have no sidecar: ${rules} would not apply to them`,
      got: caller.namespace,
      next,
    });
  }
}

/** Refuses a caller of an egress route that has no sidecar. */
export function checkRouteSidecar(caller: Caller, { route, config }: RegisteredEgress): void {
  checkSidecar(caller, route, `the route to ${config.host}`, 'enable sidecars for the pods, or call the host without a route and restrict egress by a NetworkPolicy');
}

/** Refuses callers for which a route has no effect, or is not safe. Runs at synthesis. */
export function checkEgressCallers(egress: RegisteredEgress): void {
  callsOf(egress.route, [egress.route]).forEach(({ caller }) => checkRouteSidecar(caller, egress));
  if (egress.config.throughGateway) {
    checkIdentities(egress);
  } else {
    checkDeployedElsewhere(egress);
  }
  checkNamespaces(egress);
  checkDeclaredOnly(egress);
  if (!egress.config.throughGateway) {
    checkSecretOfSidecars(egress);
  }
}

/** An egress gateway identifies callers by their identity, so each caller needs a known identity that no other pods have. */
function checkIdentities({ route, scope }: RegisteredEgress): void {
  const { anyIdentity, namespaces } = scope.allowed();
  const calls = callsOf(route, [route]).filter(({ callee }) => callee.construct === route);
  const byPrincipal = calls.filter(({ caller }) => !anyIdentity && !namespaces.includes(caller.identity().namespace));
  const identities = new SharedIdentities(calls);
  byPrincipal.forEach(call => identities.check(call));
}

/** A direct route adds labels and Secrets to the pods of callers. It cannot add them to pods that another team deploys. */
function checkDeployedElsewhere({ route, config: { ports } }: RegisteredEgress): void {
  const secret = clientSecret(ports);
  for (const { caller } of callsOf(route, [route])) {
    if (caller.isGateway || caller.madePods) {
      continue;
    }
    if (secret) {
      throw new MeshError('IM1513', route, {
        problem: `the sidecars of callers originate TLS with the Secret ${secret}, but another team deploys the pods of ${caller.name}, so the Secret is not mounted there`,
        got: caller.name,
        next: 'let a gateway originate TLS: EgressPath.gateway()',
      });
    }
    const isWholeNamespace = !caller.construct && caller.identity().accounts === undefined;
    if (!caller.podLabels && !isWholeNamespace && ports.some(({ _kind }) => _kind === 'http')) {
      throw new MeshError('IM1840', route, {
        problem: `the labels of the pods of ${caller.name} are not known: the route would be open to every pod of ${caller.namespace}`,
        got: caller.name,
        next: 'set its `podLabels`; or identify callers by identity: EgressPath.gateway(); or open the route to the namespace: EgressCallers.namespaces()',
      });
    }
  }
}

function checkNamespaces({ route, config, scope }: RegisteredEgress): void {
  const withoutSidecars = scope.allowedNamespaces().find(name => !hasSidecars(route, name));
  if (withoutSidecars !== undefined && (scope.callers || !scope.hasGatewayCallers)) {
    throw new MeshError('IM1510', route, {
      problem: `pods of ${withoutSidecars} have no sidecar: the route to ${config.host} would not apply to them`,
      got: withoutSidecars,
      next: 'choose callers whose pods have sidecars: service.calls(route), or EgressCallers.namespaces()',
    });
  }
}

function checkDeclaredOnly({ route, config, scope }: RegisteredEgress): void {
  if (scope.callers?._kind !== 'declared') {
    return;
  }
  if (scope.declared().length === 0) {
    throw new MeshError('IM1511', route, { problem: `no service declares a call to ${config.host}`, next: 'declare it: service.calls(route)' });
  }
  const opaque = config.throughGateway ? undefined : config.ports.find(({ _kind }) => _kind !== 'http');
  if (opaque) {
    throw new MeshError('IM1512', route, {
      problem: `port ${opaque.port} uses ${opaque.protocol}: without an egress gateway, services of one namespace cannot be distinguished there`,
      got: opaque.protocol,
      next: 'use EgressPath.gateway(), or EgressCallers.namespaces()',
    });
  }
}

/** Sidecars can only mount Secrets of their own namespace, and only those of declared callers mount one. */
function checkSecretOfSidecars({ route, config, scope }: RegisteredEgress): void {
  const secret = clientSecret(config.ports);
  const declared = scope.declared();
  const foreign = declared.find(({ namespace }) => namespace !== scope.namespace)?.namespace;
  if (secret && (declared.length === 0 || foreign !== undefined || scope.isOpen || scope.allowedNamespaces().length > 0)) {
    throw new MeshError('IM1513', route, {
      problem: `the sidecars of callers originate TLS with the Secret ${secret}, and ${declared.length === 0 ? 'no service declares a call to the route' : 'not all callers are services of its namespace'}`,
      got: foreign ?? scope.allowedNamespaces(),
      allowed: `services of ${scope.namespace} that declare their calls`,
      next: 'declare the calls: service.calls(route); or let a gateway originate TLS: EgressPath.gateway()',
    });
  }
}
