import { IConstruct } from 'constructs';
import { knownNamespace } from '../../kernel/known-namespaces';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { IstioRelease } from '../../values/release';

/** Whether the sidecars of a namespace are known to capture DNS. */
export function capturesDns(scope: IConstruct, namespace: string): boolean {
  return knownNamespace(scope, namespace).dnsCapture === true;
}

/** The environment variables that enable DNS capture, with automatic addresses for hosts without one. */
export function captureVariables(scope: IConstruct): { [name: string]: string } {
  // From 1.25 on istiod allocates these addresses itself.
  const capture = { ISTIO_META_DNS_CAPTURE: 'true' };
  return MeshCluster.of(scope).istio.atLeast(IstioRelease.V1_25) ? capture : { ISTIO_META_DNS_AUTO_ALLOCATE: 'true', ...capture };
}
