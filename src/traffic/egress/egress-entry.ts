import { EgressHostConfig, WildcardResolution } from './egress-host';
import * as networking from '../../../imports/networking.istio.io';
import { isAddress, isBlock } from '../../values/cidr';
import { isPattern } from '../../values/host';
import { MeshProtocol } from '../../values/protocol';

const Resolution = networking.ServiceEntrySpecResolution;

/** The ServiceEntry of a host, but for who sees it. */
export function renderEntry(facts: EgressHostConfig): networking.ServiceEntrySpec {
  const { host, ports, addresses } = facts;
  const resolution = resolutionOf(facts);
  const dynamic = resolution === Resolution.DYNAMIC_UNDERSCORE_DNS;
  const endpoints = Object.entries(facts.endpoints)
    .flatMap(([locality, places]) => places.map(address => ({ address, locality: locality || undefined })));
  return {
    hosts: [host],
    addresses: addresses.length > 0 ? [...addresses] : undefined,
    location: networking.ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
    resolution,
    endpoints: endpoints.length > 0 ? endpoints : undefined,
    ports: ports.map(({ port, protocol, targetPort, _meshPort }) => ({
      number: port,
      name: _meshPort.name,
      // Istio's sidecars resolve names for TLS, and not for HTTPS, which is the same to them.
      protocol: (dynamic && protocol === MeshProtocol.HTTPS ? MeshProtocol.TLS : protocol).toUpperCase(),
      targetPort: targetPort === port ? undefined : targetPort,
    })),
  };
}

function resolutionOf({ host, addresses, endpoints, wildcardResolution }: EgressHostConfig): networking.ServiceEntrySpecResolution {
  const places = Object.values(endpoints).flat();
  if (places.length > 0) {
    return places.every(isAddress) ? Resolution.STATIC : Resolution.DNS;
  }
  if (isPattern(host)) {
    return wildcardResolution === WildcardResolution.DYNAMIC_DNS ? Resolution.DYNAMIC_UNDERSCORE_DNS : Resolution.NONE;
  }
  return addresses.some(isBlock) ? Resolution.NONE : Resolution.DNS;
}
