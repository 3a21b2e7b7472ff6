import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { isDnsName } from '../../values/names';

/** A kind of issuer that is not cert-manager's own. */
export interface ExternalIssuer {
  /** The API group of the issuer: `awspca.cert-manager.io`. */
  readonly group: string;

  /** The kind of the issuer: `AWSPCAClusterIssuer`. */
  readonly kind: string;

  /** The name of the issuer. */
  readonly name: string;
}

/**
 * Who signs the certificates that cert-manager issues.
 *
 * @see https://cert-manager.io/docs/configuration/
 */
export class CertificateIssuer {
  /**
   * An issuer of the whole cluster.
   *
   * @param name the ClusterIssuer; anything that is no name of an object is refused (IM1357)
   */
  public static clusterIssuer(name: string): CertificateIssuer {
    return new CertificateIssuer('ClusterIssuer', issuerName(name, 'CertificateIssuer.clusterIssuer()'));
  }

  /**
   * An issuer in the namespace of the gateway's pods, where the certificate is.
   *
   * @param name the Issuer; anything that is no name of an object is refused (IM1357)
   */
  public static issuer(name: string): CertificateIssuer {
    return new CertificateIssuer('Issuer', issuerName(name, 'CertificateIssuer.issuer()'));
  }

  /**
   * An issuer that is not cert-manager's own.
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
    /** The API group of the issuer, where it is not cert-manager's. */ public readonly group?: string,
  ) {}

  /** @internal */
  public _toCertManager(): { readonly name: string; readonly kind: string; readonly group?: string } {
    return { name: this.name, kind: this.kind, group: this.group };
  }
}

function issuerName(name: string, at: string): string {
  if (!isDnsName(name)) {
    throw new MeshError('IM1357', at, { problem: 'the issuer has no name that an object or group can have', got: name, allowed: 'a DNS name' });
  }
  return name;
}
