import { Construct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { isLabelValue } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { isDnsLabel } from '../values/names';
import { inboundOf, MeshProtocol } from '../values/protocol';

/** The ports. Conflicts between them are refused. */
export function checkedPorts(ports: MeshPort[], at: Construct): MeshPort[] {
  if (ports.length === 0) {
    throw new MeshError('IM1101', at, { problem: 'the service has no port', got: ports });
  }
  ports.forEach((port, i) => {
    const duplicate = ports.slice(0, i).find(other => other.name === port.name || (other.port === port.port && other._transport === port._transport));
    if (duplicate) {
      throw new MeshError('IM1102', at, {
        problem: `two ports have the ${duplicate.name === port.name ? `name ${port.name}` : `number ${port.port}`}`,
        found: `${duplicate.port} (${duplicate.name}), ${port.port} (${port.name})`,
        next: duplicate.name === port.name ? 'add a suffix to one of them: { suffix: \'…\' }' : 'change one number',
      });
    }
  });
  const duplicate = ports.find((port, i) => port.nodePort !== undefined
    && ports.slice(0, i).some(other => other.nodePort === port.nodePort && other._transport === port._transport));
  if (duplicate) {
    throw new MeshError('IM1102', at, { problem: `two ports have the node port ${duplicate.nodePort}`, got: duplicate.nodePort, next: 'change one of them' });
  }
  checkTargets(ports, at);
  return [...ports];
}

/** Refuses two protocols at one target port. A sidecar uses only the protocol of the first port there. */
function checkTargets(ports: MeshPort[], at: Construct): void {
  ports.forEach((port, i) => {
    const duplicate = ports.slice(0, i).find(other => other.targetPort === port.targetPort && differIn(other, port));
    if (duplicate) {
      throw new MeshError('IM1126', at, {
        problem: `ports ${duplicate.port} (${duplicate.name}) and ${port.port} (${port.name}) have target port ${port.targetPort}, but the protocols ${
          inboundOf(duplicate.protocol)} and ${inboundOf(port.protocol)}`,
        found: `${duplicate.port} (${duplicate.name}), ${port.port} (${port.name})`,
      });
    }
  });
}

/** Whether two ports with one target port conflict in the sidecar. UDP bypasses it. */
export function differIn(one: { readonly protocol: MeshProtocol }, other: { readonly protocol: MeshProtocol }): boolean {
  return ![one, other].some(({ protocol }) => protocol === MeshProtocol.UDP) && inboundOf(one.protocol) !== inboundOf(other.protocol);
}

/** The name of a version. It is used as a label value, a subset and a part of names. */
export function checkedVersionName(name: string, at: Construct): string {
  // Every construct has a member of this name in the constructs library.
  if (!isDnsLabel(name) || !isLabelValue(name) || name === 'constructor') {
    throw new MeshError('IM1104', at, { problem: 'the name of the version is not a valid label value', got: name, allowed: 'at most 63 lower-case letters, digits and dashes' });
  }
  return name;
}
