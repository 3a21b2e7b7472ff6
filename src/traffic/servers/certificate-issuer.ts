import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { isDnsName } from '../../values/names';

/** A reference to an external issuer, whose kind is not part of cert-manager. */
export interface ExternalIssuer {
  /** The API group of the issuer: `awspca.cert-manager.io`. */
  readonly group: string;

  /** The kind of the issuer: `AWSPCAClusterIssuer`. */
  readonly kind: string;

  /** The name of the issuer. */
  readonly name: string;
}

/**
 * The issuer that signs the certificates of cert-manager.
 *
 * @see https://cert-manager.io/docs/configuration/
 */
export class CertificateIssuer {
  /**
   * A ClusterIssuer, for all namespaces.
   *
   * @param name the name of the ClusterIssuer (IM1357)
   */
  public static clusterIssuer(name: string): CertificateIssuer {
    return new CertificateIssuer('ClusterIssuer', issuerName(name, 'CertificateIssuer.clusterIssuer()'));
  }

  /**
   * An Issuer in the namespace of the gateway's pods, where the Certificate is.
   *
   * @param name the name of the Issuer (IM1357)
   */
  public static issuer(name: string): CertificateIssuer {
    return new CertificateIssuer('Issuer', issuerName(name, 'CertificateIssuer.issuer()'));
  }

  /**
   * An external issuer, whose kind is not part of cert-manager.
   *
   * @see https://cert-manager.io/docs/configuration/issuers/
   */
  public static external(issuer: ExternalIssuer): CertificateIssuer {
    const at = 'CertificateIssuer.external()';
    const { group, kind, name } = validateProps('ExternalIssuer', issuer, at);
    return new CertificateIssuer(kind, issuerName(name, at), issuerName(group, at));
  }

  private constructor(
    /** The kind of the issuer. */ public readonly kind: string,
    /** The name of the issuer. */ public readonly name: string,
    /** The API group of the issuer, if it is external. */ public readonly group?: string,
  ) {}

  /** @internal */
  public _toCertManager(): { readonly name: string; readonly kind: string; readonly group?: string } {
    return { name: this.name, kind: this.kind, group: this.group };
  }
}

function issuerName(name: string, at: string): string {
  if (!isDnsName(name)) {
    throw new MeshError('IM1357', at, { problem: 'the name or group of the issuer is invalid', got: name, allowed: 'a DNS name' });
  }
  return name;
}
