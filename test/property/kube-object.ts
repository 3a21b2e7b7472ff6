// As much of the objects that are written as the checks look at.

export interface Destination {
  readonly host: string;
  readonly subset?: string;
}

export interface Server {
  readonly port: { readonly number: number; readonly name: string; readonly protocol: string };
  readonly bind?: string;
  readonly hosts: string[];
  readonly tls?: { readonly mode?: string; readonly credentialName?: string; readonly credentialNames?: string[] };
}

export interface Route {
  readonly match?: { readonly port?: number; readonly sniHosts?: string[] }[];
  readonly route?: { readonly destination: Destination }[];
  readonly mirrors?: { readonly destination: Destination }[];
  readonly delegate?: { readonly name: string; readonly namespace: string };
}

/** As much of any kind as is looked at. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly host?: string;
    readonly hosts?: string[];
    readonly gateways?: string[];
    readonly selector?: { readonly [label: string]: string };
    readonly servers?: Server[];
    readonly subsets?: { readonly name: string }[];
    readonly secretName?: string;
  } & { readonly [kind in 'http' | 'tls' | 'tcp']?: Route[] };
}
