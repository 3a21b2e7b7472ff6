import { IConstruct } from 'constructs';
import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { makesClientsWait, refusesPlainText } from '../workloads/mutual-tls-modes';

/** Throws the error for a plain-text call of a port that accepts only mutual TLS. A caller with a reason for such calls does not throw. */
export type PlainTextRefusal = (call: Call) => void;

/** Refuses a plain-text call of a port that accepts only mutual TLS. */
export function refusePlainText({ caller, callee, port }: Call, source: IConstruct): void {
  throw new MeshError('IM1117', source, {
    problem: `${callee.name} accepts only mutual TLS on port ${port.port}, but the pods of ${caller.name} have no sidecar`,
    got: port.name,
    next: 'enable sidecars for the caller, or accept plain text at the port: { mutualTls: MutualTls.PERMISSIVE }',
  });
}

/** Whether pods without a sidecar call pods. A construct checks its own calls, and calls of it by identities without a construct. */
export function isPlainText({ caller, callee }: Call, construct: IConstruct): boolean {
  const isChecked = caller.construct === construct || (!caller.construct && callee.construct === construct);
  return isChecked && callee.pods !== undefined && !caller.hasSidecar(construct);
}

/**
 * Refuses a call by pods without a sidecar that cannot succeed: the port accepts only mutual TLS, or it has a server-first protocol and is
 * PERMISSIVE.
 */
export function checkPlainText(call: Call, construct: IConstruct, refuse: PlainTextRefusal): void {
  checkServerFirst(call, construct);
  if (refusesPlainText(call.callee.construct, call.port)) {
    refuse(call);
  }
}

function checkServerFirst({ caller, callee, port }: Call, source: IConstruct): void {
  const wire = makesClientsWait(callee.construct, port, false);
  if (wire) {
    throw new MeshError('IM1127', source, {
      problem: `${caller.name} has no sidecar, and port ${port.port} (${port.name}) of ${callee.name} is PERMISSIVE and has the server-first protocol ${wire.name}: the client waits forever`,
      got: port.name,
      next: 'enable sidecars for the caller, or accept only plain text at the port: { mutualTls: MutualTls.DISABLE }',
    });
  }
}
