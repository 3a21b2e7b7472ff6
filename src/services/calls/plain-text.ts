import { IConstruct } from 'constructs';
import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { makesClientsWait, refusesPlainText } from '../workloads/mutual-tls-modes';

/** Throws the error for a call in plain text of a port that takes only mutual TLS; a caller with a reason for such calls does not throw. */
export type PlainTextRefusal = (call: Call) => void;

/** Refuses a call in plain text of a port that takes only mutual TLS. */
export function refusePlainText({ caller, callee, port }: Call, source: IConstruct): void {
  throw new MeshError('IM1117', source, {
    problem: `${callee.name} takes mutual TLS alone on port ${port.port}, and the pods of ${caller.name} have no sidecar to speak it`,
    got: port.name,
    next: 'let the pods of the caller have sidecars, or let the port take plain text: { mutualTls: MutualTls.PERMISSIVE }',
  });
}

/**
 * Refuses a call by pods without a sidecar that the callee does not answer: its port takes only mutual TLS, or clients would wait for a server
 * that speaks first. A construct checks its own calls, and calls of it by identities that have no construct.
 */
export function checkPlainText(call: Call, construct: IConstruct, refuse: PlainTextRefusal): void {
  const { caller, callee, port } = call;
  const isChecked = caller.construct === construct || (!caller.construct && callee.construct === construct);
  if (!isChecked || !callee.pods || caller.hasSidecar(construct)) {
    return;
  }
  checkServerFirst(call, construct);
  if (refusesPlainText(callee.construct, port)) {
    refuse(call);
  }
}

function checkServerFirst({ caller, callee, port }: Call, source: IConstruct): void {
  const wire = makesClientsWait(callee.construct, port, false);
  if (wire) {
    throw new MeshError('IM1127', source, {
      problem: `${caller.name} has no sidecar, and ${callee.name} takes plain text beside mutual TLS on port ${port.port} (${port.name}), where servers of ${wire.name} speak first`,
      got: port.name,
      next: 'let the pods of the caller have sidecars, or let the port take plain text alone: { mutualTls: MutualTls.DISABLE }',
    });
  }
}
