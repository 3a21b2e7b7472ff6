import { IConstruct } from 'constructs';
import { knownNamespace } from '../../kernel/known-namespaces';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { IstioRelease } from '../../values/release';

/** Whether the sidecars of a namespace are known to answer DNS. */
export function capturesDns(scope: IConstruct, namespace: string): boolean {
  return knownNamespace(scope, namespace).dnsCapture === true;
}

/** What the proxy's environment says so that it answers DNS, with addresses of the mesh's own for hosts that have none. */
export function captureVariables(scope: IConstruct): { [name: string]: string } {
  // From 1.25 on istiod gives these addresses out by itself.
  const capture = { ISTIO_META_DNS_CAPTURE: 'true' };
  return MeshCluster.of(scope).istio.atLeast(IstioRelease.V1_25) ? capture : { ISTIO_META_DNS_AUTO_ALLOCATE: 'true', ...capture };
}
