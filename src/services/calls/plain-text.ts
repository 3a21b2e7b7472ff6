import { IConstruct } from 'constructs';
import { callingPods } from './callers';
import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { makesClientsWait, refusesPlainText } from '../peer-authentication';

/** Refuses a call by pods without a sidecar, where these would wait for a server that never hears of them. */
export function checkAnswered({ caller, callee, port }: Call, source: IConstruct): void {
  const wire = makesClientsWait(callee.construct, port, false);
  if (wire) {
    throw new MeshError('IM1127', source, {
      problem: `${caller.name} has no sidecar, and ${callee.name} takes plain text beside mutual TLS on port ${port.port} (${port.name}), where servers of ${wire.name} speak first`,
      got: port.name,
      next: 'let the pods of the caller have sidecars, or let the port take plain text alone: { mutualTls: MutualTls.DISABLE }',
    });
  }
}

/**
 * Refuses a call by pods without a sidecar of a port that takes mutual TLS alone. A service looks at its own calls, and at those of callers that are known
 * by identity alone. Jobs look at theirs.
 */
export function checkSpoken({ caller, callee, port }: Call, service: IConstruct): void {
  const isAsked = caller.construct === service || (!caller.construct && callee.construct === service);
  if (!isAsked || !callee.pods || callingPods(caller, service)?.hasSidecar !== false) {
    return;
  }
  checkAnswered({ caller, callee, port }, service);
  if (!refusesPlainText(callee.construct, port)) {
    return;
  }
  throw new MeshError('IM1117', service, {
    problem: `${callee.name} takes mutual TLS alone on port ${port.port}, and the pods of ${caller.name} have no sidecar to speak it`,
    got: port.name,
    next: 'let the pods of the caller have sidecars, or let the port take plain text: { mutualTls: MutualTls.PERMISSIVE }',
  });
}
