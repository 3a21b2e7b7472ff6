import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { captureVariables } from './dns-capture';
import { MeshNamespaceProps } from './namespace-props';
import { SidecarScope } from './sidecar-scope';
import * as networking from '../../../imports/networking.istio.io';
import { owned } from '../../kernel/owned-objects';

/** The attributes of a namespace for its outbound traffic objects. */
export interface OutboundNamespace extends Construct {
  readonly name: string;
  readonly _scope: Construct;
  readonly _exists: boolean;
  metadata(name: string): ApiObjectMetadata;
}

/** Writes the Sidecar and the ProxyConfig of a namespace, for the settings that are set. */
export function writeOutbound(namespace: OutboundNamespace, { outboundTrafficPolicy: outbound, dnsCapture }: MeshNamespaceProps): void {
  if (outbound) {
    SidecarScope.of(namespace._scope, { name: 'default', namespace: namespace.name }).outbound(outbound, namespace);
  }
  if (dnsCapture && !namespace._exists) {
    new networking.ProxyConfig(namespace, owned(namespace, 'ProxyConfig'), {
      metadata: namespace.metadata('default'), spec: { environmentVariables: captureVariables(namespace) },
    });
  }
}
