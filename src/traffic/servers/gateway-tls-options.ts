import { ClientAuthority } from './client-authority';
import { IssuedCertificate } from './issued-certificate';
import { TlsParameters } from '../../values/tls';

/** Options of a server certificate in a Secret. */
export interface SecretTlsOptions extends TlsParameters {
  /**
   * The DNS names of the certificate; `*.` before a name covers names that are one label longer. A server with a
   * host that none of them covers is refused (IM1351).
   *
   * @default - unknown for an existing Secret; an issued certificate has the hosts of its servers
   */
  readonly dnsNames?: string[];

  /**
   * The Secret with a second certificate of the other key type: ECDSA in addition to RSA. Envoy chooses by what the client
   * supports. Needs Istio 1.26 (IM1338).
   *
   * @default - one certificate
   */
  readonly secondCredentialName?: string;

  /**
   * How cert-manager issues the certificate that it writes to the Secret.
   *
   * @default - the Secret exists already
   */
  readonly certificate?: IssuedCertificate;
}

/** Options of `GatewayTls.simple`. */
export interface SimpleTlsOptions extends SecretTlsOptions {}

/** Options of `GatewayTls.mutual` and `GatewayTls.optionalMutual`. */
export interface MutualTlsOptions extends SecretTlsOptions {
  /**
   * The source of the CA certificates for clients. Needs Istio 1.28 (IM1338).
   *
   * @default - the Secret `<credential>-cacert` if it exists, otherwise `ca.crt` of the server's Secret
   */
  readonly clientAuthority?: ClientAuthority;

  /**
   * The accepted subject alternative names, compared exactly. A client certificate must have at least one of them.
   *
   * @default - any name
   */
  readonly subjectAltNames?: string[];

  /**
   * SHA-256 digests of accepted client certificates, in hexadecimal. A client must match one of these or of `verifyCertificateSpki`.
   *
   * @default - any certificate that the CAs signed
   */
  readonly verifyCertificateHash?: string[];

  /**
   * SHA-256 digests of the public keys of accepted client certificates, in Base64. A client must match one of these or of
   * `verifyCertificateHash`.
   *
   * @default - any certificate that the CAs signed
   */
  readonly verifyCertificateSpki?: string[];

  /**
   * Whether client certificates are accepted without verification by a CA, for backends that verify them. Needs Istio
   * 1.31 (IM1338).
   *
   * @default false
   */
  readonly insecureSkipVerify?: boolean;
}

/** The files with a certificate and its key, in the gateway's pods. */
export interface TlsCertificateFiles {
  /** The file with the certificate. */
  readonly serverCertificate: string;

  /** The file with its key. */
  readonly privateKey: string;
}

/** How client certificates are verified, with files in the gateway's pods. */
export interface ClientCertificateFiles {
  /** The file with the CA certificates for clients. */
  readonly caCertificates: string;

  /**
   * The file with the certificate revocation list. If the file does not exist, no server of the gateway gets a certificate.
   *
   * @default - no certificate is revoked
   */
  readonly caCrl?: string;

  /**
   * The accepted subject alternative names, compared exactly. A client certificate must have at least one of them.
   *
   * @default - any name
   */
  readonly subjectAltNames?: string[];

  /**
   * Whether clients without a certificate are accepted too.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * Whether client certificates are accepted without verification by a CA, for backends that verify them. Needs Istio
   * 1.31 (IM1338).
   *
   * @default false
   */
  readonly insecureSkipVerify?: boolean;
}

/** Options of `GatewayTls.files`. */
export interface FilesTlsOptions extends TlsParameters, TlsCertificateFiles {
  /**
   * A second certificate of the other key type: ECDSA in addition to RSA. Envoy chooses by what the client
   * supports. Needs Istio 1.26 (IM1338).
   *
   * @default - one certificate
   */
  readonly secondCertificate?: TlsCertificateFiles;

  /**
   * How client certificates are verified.
   *
   * @default - no client certificate is requested
   */
  readonly clients?: ClientCertificateFiles;
}

/** Options of `GatewayTls.istioMutual`. */
export interface IstioMutualTlsOptions {
  /**
   * The identities of accepted callers: `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`.
   *
   * @default - any identity of the mesh
   */
  readonly subjectAltNames?: string[];
}
