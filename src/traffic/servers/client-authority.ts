import { credential } from './credential';
import { validateProps } from '../../diagnostics/validate-props';
import { dnsLabel } from '../../values/names';

/** Options of `ClientAuthority.configMap`. */
export interface ClientAuthorityOptions {
  /**
   * The namespace of the ConfigMap.
   *
   * @default - that of the gateway's pods
   */
  readonly namespace?: string;
}

/** An object that clients' authorities are read from. */
export interface AuthorityReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
}

/**
 * Where a gateway finds the authorities that clients' certificates may be signed by, apart from the server's own Secret.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 */
export class ClientAuthority {
  /**
   * A Secret in the namespace of the gateway's pods, with the authorities under `ca.crt` or `cacert`, and those that are revoked
   * under `ca.crl` or `crl`.
   *
   * Istio tells such Secrets by an ending `-cacert`: it is added to a name without it, and Istio finds the Secret by either.
   *
   * @param name the Secret; anything that is no Secret's name is refused (IM1312)
   */
  public static secret(name: string): ClientAuthority {
    return new ClientAuthority('Secret', credential(name, 'ClientAuthority.secret()'));
  }

  /**
   * A ConfigMap with the authorities under `ca.crt`.
   *
   * @param name the ConfigMap; anything that is no ConfigMap's name is refused (IM1312)
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
