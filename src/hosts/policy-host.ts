import { IConstruct } from 'constructs';
import { HostIdentity } from './model/host-identity';
import { HostPolicy } from './policy/host-policy';
import { HostRequests } from './routes/request-policy';

/** What a proxy that calls a host has to choose among: pods, with labels and places; endpoints with places, or without; nothing, where the caller has chosen. */
export type Endpoints = 'pods' | 'placed' | 'alike' | 'chosen';

/** A host that policies can have as their target, and the objects that take their settings. */
export interface PolicyHost {
  readonly identity: HostIdentity;
  readonly endpoints: Endpoints;
  /** The policies that take settings of connections: one for each kind of caller. */
  readonly policies: HostPolicy[];

  /** Takes what is done with requests for all ports of HTTP, or for some. */
  addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void;
}
