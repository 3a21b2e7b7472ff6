import { IConstruct } from 'constructs';
import { EgressPort } from './egress-port';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { Endpoints } from '../../hosts/policy-host';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { portHost } from '../../kernel/naming';
import { isAddress, isAddressOrBlock, isBlock } from '../../values/cidr';
import { hostPattern, isPattern } from '../../values/host';
import { isDnsName } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';

/** Who finds the address of the host that a request names, where a route is for a whole domain. */
export enum WildcardResolution {
  /** The caller: connections go on to the address that it dialled. Any release of Istio. */
  NONE = 'CALLER',
  /** The caller's sidecar, by the name in the request or in TLS: name and address cannot disagree. Since Istio 1.30. */
  DYNAMIC_DNS = 'PROXY',
}

/** What a route says of its host, and where it is. */
export interface EgressHostConfig {
  readonly host: string;
  readonly ports: EgressPort[];
  readonly addresses: string[];
  /** The addresses or names behind the host, by locality; `''` is none. */
  readonly endpoints: { readonly [locality: string]: string[] };
  readonly wildcardResolution: WildcardResolution;
  readonly throughGateway: boolean;
  /** Whether DNS knows the host without the mesh. */
  readonly inDns: boolean;
}

/** What the proxy that connects has to choose among. */
export function choiceOf({ host, addresses, endpoints }: EgressHostConfig): Endpoints {
  if (Object.keys(endpoints).length === 0) {
    return isPattern(host) || addresses.some(isBlock) ? 'chosen' : 'alike';
  }
  return Object.keys(endpoints).every(locality => locality === '') ? 'alike' : 'placed';
}

/** The first release whose sidecars resolve names of a wildcard host. */
const DYNAMIC_DNS = IstioRelease.V1_30;

/** Sidecars ask a gateway for `at--<port>.<host>`, which has to be a DNS name. */
const LONGEST_BY_GATEWAY = 253 - portHost('', 65535).length;

/** Refuses hosts, addresses and ports that Istio could not serve together. */
export function checkHost(facts: EgressHostConfig, at: IConstruct): void {
  const { host, ports } = facts;
  const isPlace: boolean = isAddress(host);
  if (isPlace) {
    throw new MeshError('IM0104', at, {
      problem: 'the host is an address, and a route has a name',
      got: host,
      allowed: 'a DNS name such as relay.example.com',
      next: `give it a name that callers know it by, and the address as its place: { host: 'relay.example.com', addresses: ['${host}'], endpoints: ['${host}'] }`,
    });
  }
  hostPattern(host, at);
  checkName(host, at);
  if (facts.throughGateway && host.length > LONGEST_BY_GATEWAY) {
    throw new MeshError('IM0104', at, { problem: 'the host is too long to be asked for by port', got: host, allowed: `at most ${LONGEST_BY_GATEWAY} characters through a gateway` });
  }
  if (ports.length === 0) {
    throw new MeshError('IM1515', at, { problem: 'the route has no port', got: ports });
  }
  const duplicate = ports.find((port, i) => ports.slice(0, i).some(other => other.port === port.port));
  if (duplicate) {
    throw new MeshError('IM1515', at, { problem: `two ports are number ${duplicate.port}`, got: duplicate.port, next: 'change one number' });
  }
  checkPlaces(facts, at);
  if (isPattern(host)) {
    checkWildcard(facts, at);
  } else if (facts.wildcardResolution === WildcardResolution.DYNAMIC_DNS) {
    throw new MeshError('IM1504', at, { problem: `${host} is one host: who finds the addresses of a domain does not matter`, got: facts.wildcardResolution, next: 'drop `wildcardResolution`' });
  }
  checkFound(facts, at);
  checkMapped(facts, at);
}

/** Where the caller finds the address, its proxy goes on to what was dialled: the address, and the port. */
function checkMapped({ host, ports, addresses, endpoints, wildcardResolution }: EgressHostConfig, at: IConstruct): void {
  const dialled = Object.keys(endpoints).length === 0 && (isPattern(host) ? wildcardResolution === WildcardResolution.NONE : addresses.some(isBlock));
  const port = dialled ? ports.find(candidate => candidate.port !== candidate.targetPort) : undefined;
  if (port) {
    throw new MeshError('IM1530', at, {
      problem: `connections for ${host} go on to the address and port that callers dial: they do not go from port ${port.port} to ${port.targetPort}`,
      got: port.targetPort,
      allowed: `${port.port}`,
      next: 'let callers dial the port of the outside machine, name its `endpoints`, or let the proxy find a domain: WildcardResolution.DYNAMIC_DNS',
    });
  }
}

/** Where DNS knows no name, sidecars answer with an address, and somebody has to know where to connect. */
function checkFound({ host, addresses, endpoints, inDns }: EgressHostConfig, at: IConstruct): void {
  if (inDns) {
    return;
  }
  const known = Object.keys(endpoints).length > 0;
  if (!known || (isPattern(host) && addresses.length === 0)) {
    throw new MeshError('IM1508', at, {
      problem: known ? `sidecars give the hosts of ${host} no addresses` : `${host} is in no DNS, and has no endpoint`,
      got: known ? addresses : endpoints,
      next: `${known ? 'name the `addresses` that they answer with' : 'name the `endpoints`'}, or say \`inDns: true\` if DNS knows the host`,
    });
  }
}

/** A name that pods resolve in the cluster would be taken from its Service. */
function checkName(host: string, at: IConstruct): void {
  const { clusterDomain } = MeshCluster.of(at);
  if ((host !== '*' && !host.includes('.')) || host.endsWith(`.${clusterDomain}`) || host.endsWith('.svc')) {
    throw new MeshError('IM1503', at, { problem: `${host} is a name inside the cluster`, got: host, allowed: 'a DNS name with a dot, outside of the cluster\'s domain' });
  }
}

function checkPlaces({ addresses, endpoints, ports, throughGateway }: EgressHostConfig, at: IConstruct): void {
  const bad = addresses.find(address => !isAddressOrBlock(address));
  if (bad !== undefined) {
    throw new MeshError('IM1505', at, { problem: 'not an address or a block of addresses', got: bad, allowed: 'such as 203.0.113.7 or 203.0.113.0/24' });
  }
  for (const [locality, places] of Object.entries(endpoints)) {
    checkLocality(locality, at);
    const wrong = places.find(place => !isAddress(place) && !(isDnsName(place) && !/^[\d.]+$/.test(place)));
    if (wrong !== undefined || places.length === 0) {
      throw new MeshError('IM1505', at, { problem: 'not an endpoint', got: wrong ?? places, allowed: 'an address such as 203.0.113.7, or a DNS name' });
    }
  }
  const block = addresses.find(isBlock);
  const http = ports.find(({ _kind }) => _kind === 'http');
  if (block && http) {
    throw new MeshError('IM1507', at, {
      problem: `port ${http.port} speaks ${http.protocol}: its host is known by the request, whatever address was dialled`, got: block, next: 'drop the block, or declare the port as TCP',
    });
  }
  const name = Object.values(endpoints).flat().find(place => !isAddress(place));
  if (block && name !== undefined) {
    throw new MeshError('IM1507', at, {
      problem: `${name} is looked up in DNS, and Istio takes no block for what DNS finds`, got: block, next: 'name the addresses alone, or endpoints that are addresses',
    });
  }
  if (block && Object.keys(endpoints).length === 0 && throughGateway) {
    throw new MeshError('IM1507', at, {
      problem: 'a gateway does not know which address of the block was dialled', got: block, next: 'name the `endpoints`, or take EgressPath.direct()',
    });
  }
}

function checkLocality(locality: string, at: Located): void {
  if (locality !== '' && !/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,2}$/.test(locality)) {
    throw new MeshError('IM1516', at, { problem: 'the text is not a locality', got: locality, allowed: 'region, region/zone or region/zone/subzone' });
  }
}

/** What Istio 1.31 was seen to do with hosts that are a domain, and what not. */
function checkWildcard({ host, ports, endpoints, addresses, wildcardResolution, throughGateway }: EgressHostConfig, at: IConstruct): void {
  const refuse = (problem: string, next: string, got: unknown = host) => {
    throw new MeshError('IM1504', at, { problem, got, next });
  };
  const [open, known] = [wildcardResolution === WildcardResolution.DYNAMIC_DNS, Object.keys(endpoints).length > 0];
  const tcp = ports.find(({ _kind }) => _kind === 'tcp');
  const plain = ports.find(({ _kind }) => _kind !== 'tls');
  const originated = ports.find(({ remoteTls }) => remoteTls);
  const web = ports.find(({ protocol }) => protocol === MeshProtocol.GRPC_WEB);
  if (host === '*') {
    refuse('a route for every host is no route', 'name the domain, such as *.example.com; for all of them leave `outboundTrafficPolicy` of the namespace at ALLOW_ANY');
  }
  if (tcp) {
    refuse(`port ${tcp.port} speaks ${tcp.protocol}, which names no host: there is nothing to compare with the domain`, 'use EgressPort.tls() or EgressPort.http(), or a route without a wildcard', tcp.protocol);
  }
  const clear = ports.filter(({ _kind, remoteTls }) => _kind === 'http' && !remoteTls);
  const resolves = open && !known && clear.length === ports.length;
  if (throughGateway && resolves && clear.length > 1) {
    const numbers = clear.map(({ port }) => port);
    refuse(
      `ports ${numbers.join(' and ')} are HTTP: a gateway would know the second by a name in place of the host of the request`,
      'write a route for each host, or keep one of the ports',
      numbers,
    );
  }
  if (throughGateway && !resolves && (plain || !known)) {
    refuse(
      plain ? `port ${plain.port} speaks ${plain.protocol}: `
        + 'through a gateway that is for a whole domain only where the gateway finds the addresses, and TLS begins nowhere on the way'
        : 'a gateway cannot find the addresses of a whole domain for TLS: it would connect to itself',
      plain ? 'take WildcardResolution.DYNAMIC_DNS for HTTP in clear text alone, EgressPort.https() with an endpoint, a route for each host, or EgressPath.direct()'
        : 'name an endpoint that serves all hosts, such as the bare domain, or take EgressPath.direct()',
    );
  }
  if (open && (known || addresses.length > 0)) {
    refuse('the proxy is to find the addresses, and some are given', 'drop them, or take WildcardResolution.NONE');
  }
  if (open && !MeshCluster.of(at).istio.atLeast(DYNAMIC_DNS)) {
    refuse(`sidecars of Istio ${MeshCluster.of(at).istio.version} cannot resolve names of a domain`, `take WildcardResolution.NONE; it is since Istio ${DYNAMIC_DNS.version}`);
  }
  if (open && web) {
    refuse(`port ${web.port} speaks ${web.protocol}, which Istio does not take where the proxy finds the addresses`, 'name the hosts, a route for each, or let callers speak gRPC', web.protocol);
  }
  if (originated && !open) {
    refuse(`TLS begins on the way at port ${originated.port}, and which name to ask for is not known`, 'take WildcardResolution.DYNAMIC_DNS, or a route for each host', originated.port);
  }
}
