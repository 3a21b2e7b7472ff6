import { Construct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { isLabelValue } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { isDnsLabel } from '../values/names';
import { inboundOf, MeshProtocol } from '../values/protocol';

/** The ports, if a Service can have them together. */
export function checkedPorts(ports: MeshPort[], at: Construct): MeshPort[] {
  if (ports.length === 0) {
    throw new MeshError('IM1101', at, { problem: 'the service has no port', got: ports });
  }
  ports.forEach((port, i) => {
    const duplicate = ports.slice(0, i).find(other => other.name === port.name || (other.port === port.port && other._transport === port._transport));
    if (duplicate) {
      throw new MeshError('IM1102', at, {
        problem: `two ports ${duplicate.name === port.name ? `are called ${port.name}` : `have the number ${port.port}`}`,
        found: `${duplicate.port} (${duplicate.name}), ${port.port} (${port.name})`,
        next: duplicate.name === port.name ? 'say what one of them is for: { suffix: \'…\' }' : 'change one number',
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

/** A sidecar reads one protocol at a port of its pods: that of the first port that leads there. */
function checkTargets(ports: MeshPort[], at: Construct): void {
  ports.forEach((port, i) => {
    const duplicate = ports.slice(0, i).find(other => other.targetPort === port.targetPort && differIn(other, port));
    if (duplicate) {
      throw new MeshError('IM1126', at, {
        problem: `ports ${duplicate.port} (${duplicate.name}) and ${port.port} (${port.name}) lead to port ${port.targetPort} of the pods, and speak ${
          inboundOf(duplicate.protocol)} and ${inboundOf(port.protocol)}`,
        found: `${duplicate.port} (${duplicate.name}), ${port.port} (${port.name})`,
      });
    }
  });
}

/** Whether the sidecar of the pods would read one of two ports wrongly, if they had one target port. UDP passes by it. */
export function differIn(one: { readonly protocol: MeshProtocol }, other: { readonly protocol: MeshProtocol }): boolean {
  return ![one, other].some(({ protocol }) => protocol === MeshProtocol.UDP) && inboundOf(one.protocol) !== inboundOf(other.protocol);
}

/** The name of a version, which becomes a label's value, a subset and a part of names. */
export function checkedVersionName(name: string, at: Construct): string {
  // The library of constructs finds a child of this name in every construct.
  if (!isDnsLabel(name) || !isLabelValue(name) || name === 'constructor') {
    throw new MeshError('IM1104', at, { problem: 'the name of the version cannot be a label', got: name, allowed: 'at most 63 lower-case letters, digits and dashes' });
  }
  return name;
}
