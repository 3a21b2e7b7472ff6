/** A port at which a gateway serves a host by HTTP. */
export interface HttpListener {
  readonly port: number;
  readonly scheme: string;
  /** Whether the gateway translates gRPC-Web to gRPC at this port. */
  readonly translates?: boolean;
}

/** A host at a gateway, and how the gateway serves it, as far as that is known. */
export interface HostListeners {
  readonly host: string;
  /** The ports at which the gateway serves the host by HTTP. */
  readonly listeners: HttpListener[];
  /** Whether the gateway trusts a proxy in front of it. */
  readonly trustsProxies?: boolean;
}
