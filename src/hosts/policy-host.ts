import { IConstruct } from 'constructs';
import { HostIdentity } from './model/host-identity';
import { HostPolicy } from './policy/host-policy';
import { HostRequests } from './routes/request-policy';

/** What a proxy that calls a host has to choose among: pods, with labels and places; endpoints with places, or without; nothing, where the caller has chosen. */
export type Endpoints = 'pods' | 'placed' | 'alike' | 'chosen';

/** A host that policies can be for, and the doors by which they come to it. */
export interface PolicyHost {
  readonly identity: HostIdentity;
  readonly endpoints: Endpoints;
  /** Where it goes what is said of connections: there may be one policy for each kind of caller. */
  readonly policies: HostPolicy[];

  /** Takes what is done with requests for all ports of HTTP, or for some. */
  addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void;
}
