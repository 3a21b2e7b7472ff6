import { IConstruct } from 'constructs';
import { callingPods } from './callers';
import { Edge } from './edges';
import { MeshError } from '../../diagnostics/mesh-error';
import { refusesPlainText } from '../peer-authentication';

/**
 * Refuses a call by pods without a sidecar of a port that takes mutual TLS alone. A service looks at its own calls, and at those of callers that are known
 * by identity alone. Jobs look at theirs.
 */
export function checkSpoken({ caller, callee, port }: Edge, service: IConstruct): void {
  const isAsked = caller.construct === service || (!caller.construct && callee.construct === service);
  if (!isAsked || !callee.pods || callingPods(caller, service)?.hasSidecar !== false || !refusesPlainText(callee.construct, port)) {
    return;
  }
  throw new MeshError('IM1117', service, {
    problem: `${callee.name} takes mutual TLS alone on port ${port.port}, and the pods of ${caller.name} have no sidecar to speak it`,
    got: port.name,
    next: 'let the pods of the caller have sidecars, or let the port take plain text: { mutualTls: MutualTls.PERMISSIVE }',
  });
}
