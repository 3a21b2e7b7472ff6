import { ClientAuthority } from './client-authority';
import { IssuedCertificate } from './issued-certificate';
import { TlsParameters } from '../../values/tls';

/** What is known of a certificate that is in a Secret. */
export interface SecretTlsOptions extends TlsParameters {
  /**
   * The names that the certificate is good for: DNS names, or `*.` before one for the names that are one label longer. A server with a
   * host that none of them covers is refused (IM1351).
   *
   * @default - of a Secret made elsewhere nothing is known; a certificate that is issued is for the hosts of its servers
   */
  readonly dnsNames?: string[];

  /**
   * The Secret with a second certificate, for the other kind of key: ECDSA beside RSA. Envoy chooses by what the client
   * knows. Needs Istio 1.26 (IM1338).
   *
   * @default - one certificate
   */
  readonly secondCredentialName?: string;

  /**
   * How cert-manager issues the certificate, and writes it to the Secret.
   *
   * @default - the Secret is made elsewhere
   */
  readonly certificate?: IssuedCertificate;
}

/** Options of `GatewayTls.simple`. */
export interface SimpleTlsOptions extends SecretTlsOptions {}

/** Options of `GatewayTls.mutual` and `GatewayTls.optionalMutual`. */
export interface MutualTlsOptions extends SecretTlsOptions {
  /**
   * Where the authorities of the clients' certificates are. Needs Istio 1.28 (IM1338).
   *
   * @default - in the Secret `<credential>-cacert` where there is one, else under `ca.crt` of the Secret itself
   */
  readonly clientAuthority?: ClientAuthority;

  /**
   * Names of which a client's certificate has to have one, letter by letter.
   *
   * @default - any name
   */
  readonly subjectAltNames?: string[];

  /**
   * SHA-256 digests, in hexadecimal, of the client certificates that are taken. Of these and `verifyCertificateSpki` one has to be met.
   *
   * @default - any certificate of the authorities
   */
  readonly verifyCertificateHash?: string[];

  /**
   * SHA-256 digests, in Base64, of the public keys of the client certificates that are taken. Of these and `verifyCertificateHash` one
   * has to be met.
   *
   * @default - any certificate of the authorities
   */
  readonly verifyCertificateSpki?: string[];

  /**
   * Whether a certificate that no authority signed is taken as well. For backends that look at it themselves. Needs Istio
   * 1.31 (IM1338).
   *
   * @default false
   */
  readonly insecureSkipVerify?: boolean;
}

/** A certificate and its key in files of the gateway's pods. */
export interface TlsCertificateFiles {
  /** The file with the certificate. */
  readonly serverCertificate: string;

  /** The file with its key. */
  readonly privateKey: string;
}

/** What is asked of clients where the gateway's certificates are files. */
export interface ClientCertificateFiles {
  /** The file with the authorities of the clients' certificates. */
  readonly caCertificates: string;

  /**
   * The file with the certificates that are revoked. Envoy reads it when it is told of it: where there is no such file, no server of the
   * gateway gets a certificate.
   *
   * @default - none is revoked
   */
  readonly caCrl?: string;

  /**
   * Names of which a client's certificate has to have one, letter by letter.
   *
   * @default - any name
   */
  readonly subjectAltNames?: string[];

  /**
   * Whether clients without a certificate are taken as well.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * Whether a certificate that no authority signed is taken as well. For backends that look at it themselves. Needs Istio
   * 1.31 (IM1338).
   *
   * @default false
   */
  readonly insecureSkipVerify?: boolean;
}

/** Options of `GatewayTls.files`. */
export interface FilesTlsOptions extends TlsParameters, TlsCertificateFiles {
  /**
   * A second certificate, for the other kind of key: ECDSA beside RSA. Envoy chooses by what the client
   * knows. Needs Istio 1.26 (IM1338).
   *
   * @default - one certificate
   */
  readonly secondCertificate?: TlsCertificateFiles;

  /**
   * What is asked of clients.
   *
   * @default - nothing: no certificate
   */
  readonly clients?: ClientCertificateFiles;
}

/** Options of `GatewayTls.istioMutual`. */
export interface IstioMutualTlsOptions {
  /**
   * Identities of which a caller has to have one: `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`.
   *
   * @default - any identity of the mesh
   */
  readonly subjectAltNames?: string[];
}
