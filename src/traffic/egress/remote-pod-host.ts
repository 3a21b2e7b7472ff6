import { Construct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { EgressPath } from './egress-path';
import { EgressPort } from './egress-port';
import { EgressRoute } from './egress-route';
import { RemoteTls } from './remote-tls';
import * as networking from '../../../imports/networking.istio.io';
import { MeshHost } from '../../hosts/mesh-host';
import { PolicyHost } from '../../hosts/policy-host';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { MeshPort } from '../../values/mesh-port';

/** The host of one remote pod. */
export interface RemotePodHostConfig {
  readonly host: string;
  readonly port: MeshPort;
  readonly tls: RemoteTls;
  readonly via?: EgressPath;
}

/** Writes the objects of one host below the construct of its pods. */
export function remotePodHost(pods: Construct, config: RemotePodHostConfig): PolicyHost {
  return config.via?._gateway ? throughGateway(pods, config) : direct(pods, config);
}

/** Through an egress gateway, each host is an egress route of the whole mesh. */
function throughGateway(pods: Construct, { host, port: { port, targetPort, protocol }, tls, via }: RemotePodHostConfig): PolicyHost {
  const route = new EgressRoute(pods, host, {
    host, via, ports: [EgressPort.originateTls({ port, targetPort, protocol, tls })], callers: EgressCallers.anyNamespace(),
  });
  return route.toCallee()._attributes.policyHosts[0];
}

function direct(pods: Construct, { host, port, tls }: RemotePodHostConfig): PolicyHost {
  const scope = new Construct(pods, host);
  const namespace = namespaceOf(pods);
  new networking.ServiceEntry(scope, owned(scope, 'Resource'), {
    metadata: { name: host, namespace },
    spec: {
      hosts: [host],
      location: networking.ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
      resolution: networking.ServiceEntrySpecResolution.DNS,
      ports: [{ number: port.port, name: port.name, protocol: port.protocol.toUpperCase(), targetPort: port.targetPort }],
    },
  });
  const meshHost = MeshHost.made(scope, { host, namespace, name: host, ports: [port], versions: {} });
  meshHost.policy.set('tls', tls._toIstio(host), pods);
  return { ...meshHost.forPolicies(), endpoints: 'alike' };
}
