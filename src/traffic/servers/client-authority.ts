import { credential } from './credential';
import { validateProps } from '../../diagnostics/validate-props';
import { dnsLabel } from '../../values/names';

/** Options of `ClientAuthority.configMap`. */
export interface ClientAuthorityOptions {
  /**
   * The namespace of the ConfigMap.
   *
   * @default - the namespace of the gateway's pods
   */
  readonly namespace?: string;
}

/** A reference to the object with the CA certificates for clients. */
export interface AuthorityReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
}

/**
 * The source of the CA certificates that verify client certificates, if they are not in the server's own Secret.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 */
export class ClientAuthority {
  /**
   * A Secret in the namespace of the gateway's pods, with CA certificates under `ca.crt` or `cacert`, and a revocation list
   * under `ca.crl` or `crl`.
   *
   * Istio recognizes such Secrets by the suffix `-cacert`. The suffix is added to a name without it, and Istio finds the Secret with or without it.
   *
   * @param name the name of the Secret (IM1312)
   */
  public static secret(name: string): ClientAuthority {
    return new ClientAuthority('Secret', credential(name, 'ClientAuthority.secret()'));
  }

  /**
   * A ConfigMap with CA certificates under `ca.crt`.
   *
   * @param name the name of the ConfigMap (IM1312)
   */
  public static configMap(name: string, options: ClientAuthorityOptions = {}): ClientAuthority {
    const at = 'ClientAuthority.configMap()';
    const { namespace } = validateProps('ClientAuthorityOptions', options, at);
    return new ClientAuthority('ConfigMap', credential(name, at), namespace === undefined ? undefined : dnsLabel(namespace, at, 'the namespace of the ConfigMap'));
  }

  private constructor(private readonly kind: 'Secret' | 'ConfigMap', private readonly name: string, private readonly namespace?: string) {}

  /**
   * The object, for a gateway whose pods are in a namespace.
   *
   * @internal
   */
  public _reference(namespace: string): AuthorityReference {
    return { kind: this.kind, namespace: this.namespace ?? namespace, name: this.name };
  }

  /** @internal */
  public _toIstio(namespace: string): string {
    if (this.kind === 'ConfigMap') {
      return `configmap://${this.namespace ?? namespace}/${this.name}`;
    }
    return this.name.endsWith('-cacert') ? this.name : `${this.name}-cacert`;
  }
}
