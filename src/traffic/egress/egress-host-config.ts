import { IConstruct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressRouteProps } from './egress-props';
import { WildcardResolution } from './wildcard-resolution';
import { MeshError } from '../../diagnostics/mesh-error';
import { Endpoints } from '../../hosts/policy-host';
import { isAddress, isBlock } from '../../values/cidr';
import { isPattern } from '../../values/host';

/** The host of a route, with its ports, addresses and endpoints. */
export interface EgressHostConfig {
  readonly host: string;
  readonly ports: EgressPort[];
  readonly addresses: string[];
  /** The endpoints by locality; `''` is for endpoints without one. */
  readonly endpoints: { readonly [locality: string]: string[] };
  readonly wildcardResolution: WildcardResolution;
  readonly throughGateway: boolean;
  /** Whether DNS outside of the mesh resolves the host. */
  readonly inDns: boolean;
}

/** The config of the host that the props of a route describe. */
export function egressHostConfig(props: EgressRouteProps, at: IConstruct): EgressHostConfig {
  const { host, ports, via, addresses = [], wildcardResolution = WildcardResolution.NONE } = props;
  const listed = listedEndpoints(props, at);
  const hasEndpoints = Object.keys(listed).length > 0;
  // Without DNS, the addresses are also the endpoints.
  const addressesOnly = !hasEndpoints && props.inDns !== true && !isPattern(host) && addresses.length > 0 && addresses.every(isAddress);
  return {
    host,
    ports,
    addresses,
    endpoints: addressesOnly ? { '': [...addresses] } : listed,
    wildcardResolution,
    inDns: props.inDns ?? !hasEndpoints,
    throughGateway: via?._gateway !== undefined,
  };
}

/** Which endpoints the connecting proxy can choose from. */
export function endpointChoice({ host, addresses, endpoints }: EgressHostConfig): Endpoints {
  if (Object.keys(endpoints).length === 0) {
    return isPattern(host) || addresses.some(isBlock) ? 'chosen' : 'alike';
  }
  return Object.keys(endpoints).every(locality => locality === '') ? 'alike' : 'placed';
}

function listedEndpoints({ endpoints, localities }: EgressRouteProps, at: IConstruct): EgressHostConfig['endpoints'] {
  if (endpoints && localities) {
    throw new MeshError('IM1516', at, { problem: 'endpoints are listed with and without localities', got: Object.keys(localities), next: 'keep one of the two lists' });
  }
  if (localities && Object.keys(localities).length === 0) {
    throw new MeshError('IM1516', at, { problem: 'there is no locality', got: localities, next: 'drop `localities`, or name one' });
  }
  return localities ?? (endpoints ? { '': endpoints } : {});
}
