import { EgressHostConfig } from './egress-host-config';
import { WildcardResolution } from './wildcard-resolution';
import * as networking from '../../../imports/networking.istio.io';
import { isAddress, isBlock } from '../../values/cidr';
import { isPattern } from '../../values/host';
import { MeshProtocol } from '../../values/protocol';

const Resolution = networking.ServiceEntrySpecResolution;

/** The ServiceEntry of a host, without its `exportTo`. */
export function renderEntry(config: EgressHostConfig): networking.ServiceEntrySpec {
  const { host, ports, addresses } = config;
  const resolution = resolutionOf(config);
  const dynamic = resolution === Resolution.DYNAMIC_UNDERSCORE_DNS;
  const endpoints = Object.entries(config.endpoints)
    .flatMap(([locality, listed]) => listed.map(address => ({ address, locality: locality || undefined })));
  return {
    hosts: [host],
    addresses: addresses.length > 0 ? [...addresses] : undefined,
    location: networking.ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
    resolution,
    endpoints: endpoints.length > 0 ? endpoints : undefined,
    ports: ports.map(({ port, protocol, targetPort, _meshPort }) => ({
      number: port,
      name: _meshPort.name,
      // With dynamic DNS, sidecars resolve the SNI for the protocol TLS only. They treat HTTPS the same otherwise.
      protocol: (dynamic && protocol === MeshProtocol.HTTPS ? MeshProtocol.TLS : protocol).toUpperCase(),
      targetPort: targetPort === port ? undefined : targetPort,
    })),
  };
}

function resolutionOf({ host, addresses, endpoints, wildcardResolution }: EgressHostConfig): networking.ServiceEntrySpecResolution {
  const listed = Object.values(endpoints).flat();
  if (listed.length > 0) {
    return listed.every(isAddress) ? Resolution.STATIC : Resolution.DNS;
  }
  if (isPattern(host)) {
    return wildcardResolution === WildcardResolution.DYNAMIC_DNS ? Resolution.DYNAMIC_UNDERSCORE_DNS : Resolution.NONE;
  }
  return addresses.some(isBlock) ? Resolution.NONE : Resolution.DNS;
}
