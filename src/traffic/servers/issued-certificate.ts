import { Duration } from 'cdk8s';
import { CertificateIssuer } from './certificate-issuer';
import { CertificateKey } from './certificate-key';
import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { istioDuration } from '../../values/istio-duration';
import { annotation, labels } from '../../values/labels';

/** The key usages of an X.509 certificate. */
export enum CertificateUsage {
  /** Signatures, as in every TLS handshake. */
  DIGITAL_SIGNATURE = 'DIGITAL_SIGNATURE',
  /** Encryption of keys, as in TLS 1.2 with RSA and without forward secrecy. */
  KEY_ENCIPHERMENT = 'KEY_ENCIPHERMENT',
  /** Authentication of a server. */
  SERVER_AUTH = 'SERVER_AUTH',
  /** Authentication of a client. */
  CLIENT_AUTH = 'CLIENT_AUTH',
}

/**
 * A certificate that cert-manager issues and renews for a gateway, as a `Certificate` in the namespace of the gateway's pods.
 *
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec
 */
export interface IssuedCertificate {
  /** The issuer that signs the certificate. */
  readonly issuer: CertificateIssuer;

  /**
   * The lifetime of the certificate, at least one hour. Some issuers, such as Let's Encrypt, ignore it.
   *
   * @default - 90 days
   */
  readonly duration?: Duration;

  /**
   * How long before expiry the certificate is renewed: at least five minutes, and less than `duration`.
   *
   * @default - a third of the duration
   */
  readonly renewBefore?: Duration;

  /**
   * The private key of the certificate.
   *
   * @default CertificateKey.rsa(2048)
   */
  readonly privateKey?: CertificateKey;

  /**
   * The key usages of the certificate.
   *
   * @default - digital signature and key encipherment
   */
  readonly usages?: CertificateUsage[];

  /**
   * The common name, which clients no longer read: at most 64 characters, and one of the DNS names of the certificate.
   *
   * @default - none
   */
  readonly commonName?: string;

  /**
   * Labels of the Secret, for example for a tool that copies it.
   *
   * @default - none
   */
  readonly secretLabels?: { [name: string]: string };

  /**
   * Annotations of the Secret.
   *
   * @default - none
   */
  readonly secretAnnotations?: { [name: string]: string };

  /**
   * The number of `CertificateRequest` objects that cert-manager keeps as history.
   *
   * @default 1
   */
  readonly revisionHistoryLimit?: number;
}

/** The spec of a Certificate without its Secret and its DNS names. */
export type CertificateTerms = Omit<certmanager.CertificateSpec, 'secretName' | 'dnsNames'>;

/** Renders the certificate for cert-manager. Refuses what cert-manager would not issue. */
export function certificateTerms(given: IssuedCertificate, at: string): CertificateTerms {
  const { issuer, duration, renewBefore, privateKey, usages, commonName, secretLabels, secretAnnotations, revisionHistoryLimit } = given;
  const refuse = (problem: string, got: unknown, allowed: string) => {
    throw new MeshError('IM1357', at, { problem, got, allowed });
  };
  const [life, margin] = [duration && minutes(duration, at), renewBefore && minutes(renewBefore, at)];
  if (life !== undefined && life < 60) {
    refuse('the lifetime of the certificate is less than one hour', spelled(life), '1h or more');
  }
  if (margin !== undefined && (margin < 5 || margin >= (life ?? 90 * 24 * 60))) {
    refuse('the certificate would be renewed too late or all the time', spelled(margin), 'from 5m, and less than the duration');
  }
  if (revisionHistoryLimit !== undefined && !(Number.isInteger(revisionHistoryLimit) && revisionHistoryLimit > 0 && revisionHistoryLimit < 2 ** 31)) {
    refuse('`revisionHistoryLimit` is invalid', revisionHistoryLimit, 'a whole number from 1');
  }
  if (commonName !== undefined && (commonName === '' || commonName.length > 64)) {
    refuse('the common name is empty or too long', commonName, '1 to 64 characters');
  }
  if (usages?.length === 0) {
    refuse('the certificate has no key usage', usages, 'at least one usage, or leave the option out');
  }
  const reserved = Object.keys({ ...secretLabels, ...secretAnnotations }).find(key => key.startsWith('cert-manager.io/'));
  if (reserved !== undefined) {
    refuse('the metadata of the Secret has a key that is reserved for cert-manager', reserved, 'keys without the prefix cert-manager.io/');
  }
  Object.entries(secretAnnotations ?? {}).forEach(([key, value]) => annotation(key, value, at));
  return {
    issuerRef: issuer._toCertManager(),
    commonName,
    duration: life === undefined ? undefined : spelled(life),
    renewBefore: margin === undefined ? undefined : spelled(margin),
    privateKey: privateKey?._toCertManager(),
    usages: usages && [...new Set(usages)].map(usage => certmanager.CertificateSpecUsages[usage]),
    revisionHistoryLimit,
    secretTemplate: secretLabels || secretAnnotations ? {
      labels: secretLabels && { ...labels(secretLabels, at) },
      annotations: secretAnnotations && { ...secretAnnotations },
    } : undefined,
  };
}

/** The duration in whole minutes. */
function minutes(duration: Duration, at: string): number {
  istioDuration(duration, at);
  const count = duration.toMinutes({ integral: false });
  if (!Number.isInteger(count)) {
    throw new MeshError('IM1357', at, { problem: 'the duration is not a whole number of minutes', found: `${count}m`, allowed: 'whole minutes' });
  }
  return count;
}

/** The duration as cert-manager reads it: durations of Go have no days. */
function spelled(count: number): string {
  return count % 60 === 0 ? `${count / 60}h` : `${count}m`;
}
