import { IConstruct } from 'constructs';
import { EgressHostConfig } from './egress-host-config';
import { WildcardResolution } from './wildcard-resolution';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { portHost } from '../../kernel/naming';
import { isAddress, isAddressOrBlock, isBlock } from '../../values/cidr';
import { hostPattern, isPattern } from '../../values/host';
import { isDnsName } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';

/** The first release whose sidecars resolve names of a wildcard host. */
const DYNAMIC_DNS = IstioRelease.V1_30;

/** A gateway identifies a port by the server name `at--<port>.<host>`, which must be a DNS name. */
const LONGEST_THROUGH_GATEWAY = 253 - portHost('', 65535).length;

/** Refuses combinations of hosts, addresses and ports that Istio does not support. */
export function checkHost(config: EgressHostConfig, at: IConstruct): void {
  const { host, ports } = config;
  const hostIsAddress: boolean = isAddress(host);
  if (hostIsAddress) {
    throw new MeshError('IM0104', at, {
      problem: 'the host is an IP address instead of a DNS name',
      got: host,
      allowed: 'a DNS name such as relay.example.com',
      next: `choose a name for callers, and set the address separately: { host: 'relay.example.com', addresses: ['${host}'], endpoints: ['${host}'] }`,
    });
  }
  hostPattern(host, at);
  checkName(host, at);
  if (config.throughGateway && host.length > LONGEST_THROUGH_GATEWAY) {
    throw new MeshError('IM0104', at, { problem: 'the host is too long for a route through a gateway', got: host, allowed: `at most ${LONGEST_THROUGH_GATEWAY} characters through a gateway` });
  }
  if (ports.length === 0) {
    throw new MeshError('IM1515', at, { problem: 'the route has no port', got: ports });
  }
  const duplicate = ports.find((port, i) => ports.slice(0, i).some(other => other.port === port.port));
  if (duplicate) {
    throw new MeshError('IM1515', at, { problem: `two ports have the number ${duplicate.port}`, got: duplicate.port, next: 'change one number' });
  }
  checkEndpoints(config, at);
  if (isPattern(host)) {
    checkWildcard(config, at);
  } else if (config.wildcardResolution === WildcardResolution.DYNAMIC_DNS) {
    throw new MeshError('IM1504', at, { problem: `${host} is not a wildcard, so \`wildcardResolution\` has no effect`, got: config.wildcardResolution, next: 'drop `wildcardResolution`' });
  }
  checkReachable(config, at);
  checkTargetPorts(config, at);
}

/** Refuses a target port if the proxy forwards connections to the address and port that the caller dialled. */
function checkTargetPorts({ host, ports, addresses, endpoints, wildcardResolution }: EgressHostConfig, at: IConstruct): void {
  const keepsDialledPort = Object.keys(endpoints).length === 0
    && (isPattern(host) ? wildcardResolution === WildcardResolution.NONE : addresses.some(isBlock));
  const port = keepsDialledPort ? ports.find(candidate => candidate.port !== candidate.targetPort) : undefined;
  if (port) {
    throw new MeshError('IM1530', at, {
      problem: `connections for ${host} go to the address and port that callers dial, so port ${port.port} cannot become ${port.targetPort}`,
      got: port.targetPort,
      allowed: `${port.port}`,
      next: 'let callers dial the port of the external host, set its `endpoints`, or let the proxy resolve a wildcard: WildcardResolution.DYNAMIC_DNS',
    });
  }
}

/** Refuses a host without DNS that has no endpoints, or a wildcard without addresses for the sidecars' DNS answers. */
function checkReachable({ host, addresses, endpoints, inDns }: EgressHostConfig, at: IConstruct): void {
  if (inDns) {
    return;
  }
  const hasEndpoints = Object.keys(endpoints).length > 0;
  if (!hasEndpoints || (isPattern(host) && addresses.length === 0)) {
    throw new MeshError('IM1508', at, {
      problem: hasEndpoints ? `sidecars have no addresses for the hosts of ${host}` : `${host} is not in DNS and has no endpoint`,
      got: hasEndpoints ? addresses : endpoints,
      next: `${hasEndpoints ? 'set the `addresses` for their DNS answers' : 'set the `endpoints`'}, or set \`inDns: true\` if DNS resolves the host`,
    });
  }
}

/** Refuses names inside the cluster, which belong to a Service. */
function checkName(host: string, at: IConstruct): void {
  const { clusterDomain } = MeshCluster.of(at);
  if ((host !== '*' && !host.includes('.')) || host.endsWith(`.${clusterDomain}`) || host.endsWith('.svc')) {
    throw new MeshError('IM1503', at, { problem: `${host} is a name inside the cluster`, got: host, allowed: 'a DNS name with a dot, outside of the cluster\'s domain' });
  }
}

function checkEndpoints({ addresses, endpoints, ports, throughGateway }: EgressHostConfig, at: IConstruct): void {
  const bad = addresses.find(address => !isAddressOrBlock(address));
  if (bad !== undefined) {
    throw new MeshError('IM1505', at, { problem: 'the text is not an IP address or a CIDR block', got: bad, allowed: 'such as 203.0.113.7 or 203.0.113.0/24' });
  }
  for (const [locality, listed] of Object.entries(endpoints)) {
    checkLocality(locality, at);
    const wrong = listed.find(endpoint => !isAddress(endpoint) && !(isDnsName(endpoint) && !/^[\d.]+$/.test(endpoint)));
    if (wrong !== undefined || listed.length === 0) {
      throw new MeshError('IM1505', at, { problem: 'the text is not an endpoint', got: wrong ?? listed, allowed: 'an address such as 203.0.113.7, or a DNS name' });
    }
  }
  const block = addresses.find(isBlock);
  const http = ports.find(({ _kind }) => _kind === 'http');
  if (block && http) {
    throw new MeshError('IM1507', at, {
      problem: `port ${http.port} uses ${http.protocol}: Istio identifies its host by the request and not by the address`, got: block, next: 'drop the block, or declare the port as TCP',
    });
  }
  const name = Object.values(endpoints).flat().find(endpoint => !isAddress(endpoint));
  if (block && name !== undefined) {
    throw new MeshError('IM1507', at, {
      problem: `${name} is resolved by DNS, and Istio accepts no block for a host that DNS resolves`, got: block, next: 'set only the addresses, or endpoints that are IP addresses',
    });
  }
  if (block && Object.keys(endpoints).length === 0 && throughGateway) {
    throw new MeshError('IM1507', at, {
      problem: 'a gateway does not know which address of the block the caller dialled', got: block, next: 'set the `endpoints`, or use EgressPath.direct()',
    });
  }
}

function checkLocality(locality: string, at: Located): void {
  if (locality !== '' && !/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,2}$/.test(locality)) {
    throw new MeshError('IM1516', at, { problem: 'the text is not a locality', got: locality, allowed: 'region, region/zone or region/zone/subzone' });
  }
}

/** Refuses wildcards that Istio does not support, as observed with Istio 1.31. */
function checkWildcard({ host, ports, endpoints, addresses, wildcardResolution, throughGateway }: EgressHostConfig, at: IConstruct): void {
  const refuse = (problem: string, next: string, got: unknown = host) => {
    throw new MeshError('IM1504', at, { problem, got, next });
  };
  const [dynamic, hasEndpoints] = [wildcardResolution === WildcardResolution.DYNAMIC_DNS, Object.keys(endpoints).length > 0];
  const tcp = ports.find(({ _kind }) => _kind === 'tcp');
  const plain = ports.find(({ _kind }) => _kind !== 'tls');
  const originated = ports.find(({ remoteTls }) => remoteTls);
  const web = ports.find(({ protocol }) => protocol === MeshProtocol.GRPC_WEB);
  if (host === '*') {
    refuse('a route cannot be for every host', 'name a domain, such as *.example.com; to allow all hosts, set `outboundTrafficPolicy` of the namespace to ALLOW_ANY');
  }
  if (tcp) {
    refuse(`port ${tcp.port} uses ${tcp.protocol}, which carries no host to compare with the wildcard`, 'use EgressPort.tls() or EgressPort.http(), or a route without a wildcard', tcp.protocol);
  }
  const plainHttp = ports.filter(({ _kind, remoteTls }) => _kind === 'http' && !remoteTls);
  const resolves = dynamic && !hasEndpoints && plainHttp.length === ports.length;
  if (throughGateway && resolves && plainHttp.length > 1) {
    const numbers = plainHttp.map(({ port }) => port);
    refuse(
      `ports ${numbers.join(' and ')} are HTTP, and a gateway supports only one HTTP port for a wildcard`,
      'write a route for each host, or keep one of the ports',
      numbers,
    );
  }
  if (throughGateway && !resolves && (plain || !hasEndpoints)) {
    refuse(
      plain ? `port ${plain.port} uses ${plain.protocol}: `
        + 'a gateway supports it for a wildcard only if the gateway resolves the addresses and TLS is not originated'
        : 'a gateway cannot resolve the addresses of a wildcard for TLS: it would connect to itself',
      plain ? 'use WildcardResolution.DYNAMIC_DNS with plain HTTP only, EgressPort.https() with an endpoint, a route for each host, or EgressPath.direct()'
        : 'set an endpoint that serves all hosts, such as the parent domain, or use EgressPath.direct()',
    );
  }
  if (dynamic && (hasEndpoints || addresses.length > 0)) {
    refuse('the proxy resolves the addresses, so `endpoints` and `addresses` are excluded', 'drop them, or use WildcardResolution.NONE');
  }
  if (dynamic && !MeshCluster.of(at).istio.atLeast(DYNAMIC_DNS)) {
    refuse(`sidecars of Istio ${MeshCluster.of(at).istio.version} cannot resolve the hosts of a wildcard`, `use WildcardResolution.NONE; DYNAMIC_DNS needs Istio ${DYNAMIC_DNS.version}`);
  }
  if (dynamic && web) {
    refuse(`port ${web.port} uses ${web.protocol}, which Istio does not support if the proxy resolves the addresses`, 'write a route for each host, or let callers use gRPC', web.protocol);
  }
  if (originated && !dynamic) {
    refuse(`port ${originated.port} originates TLS, and the SNI for a wildcard is not known`, 'use WildcardResolution.DYNAMIC_DNS, or a route for each host', originated.port);
  }
}
