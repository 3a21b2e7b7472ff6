import { Construct } from 'constructs';
import * as security from '../../imports/security.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { MeshCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { owned } from '../kernel/owned-objects';
import { uniqueId } from '../kernel/unique-id';
import { declareMeshMode } from '../services/workloads/mutual-tls-modes';
import { MutualTls } from '../values/mutual-tls';

/** Properties of a `MeshMutualTls`. */
export interface MeshMutualTlsProps {
  /**
   * The mutual TLS mode of workloads whose namespace, service or port sets no mode.
   *
   * @default MutualTls.STRICT
   */
  readonly mode?: MutualTls;
}

/**
 * The mutual TLS mode of the whole mesh: the PeerAuthentication of the root namespace.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#globally-enabling-istio-mutual-tls-in-strict-mode
 */
export class MeshMutualTls extends Construct {
  /**
   * @param scope the root namespace of the mesh
   */
  constructor(scope: Construct, id: string, props: MeshMutualTlsProps = {}) {
    super(scope, uniqueId(scope, id));
    const { mode = MutualTls.STRICT } = validateProps('MeshMutualTlsProps', props, this);
    const [namespace, { rootNamespace }] = [namespaceOf(this), MeshCluster.of(this)];
    if (namespace !== rootNamespace) {
      throw new MeshError('IM1823', this, {
        problem: 'the mode of the whole mesh belongs in its root namespace', got: namespace, allowed: rootNamespace, next: 'move it there, or set `mutualTls` of the namespace',
      });
    }
    declareMeshMode(this, mode);
    new security.PeerAuthentication(this, owned(this, 'Resource'), {
      metadata: { name: 'default', namespace },
      spec: { mtls: { mode: mode as string as security.PeerAuthenticationSpecMtlsMode } },
    });
  }
}
