import { Duration } from 'cdk8s';
import { CertificateIssuer } from './certificate-issuer';
import { CertificateKey } from './certificate-key';
import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { istioDuration } from '../../values/istio-duration';
import { annotation, labels } from '../../values/labels';

/** What a certificate may be used for, as X.509 spells it. */
export enum CertificateUsage {
  /** To sign, as every handshake of TLS does. */
  DIGITAL_SIGNATURE = 'DIGITAL_SIGNATURE',
  /** To encrypt keys, as RSA did in TLS 1.2 without forward secrecy. */
  KEY_ENCIPHERMENT = 'KEY_ENCIPHERMENT',
  /** To be shown by a server. */
  SERVER_AUTH = 'SERVER_AUTH',
  /** To be shown by a client. */
  CLIENT_AUTH = 'CLIENT_AUTH',
}

/**
 * A certificate that cert-manager issues for a gateway and renews: a `Certificate` in the namespace of the gateway's pods.
 *
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec
 */
export interface IssuedCertificate {
  /** Who signs it. */
  readonly issuer: CertificateIssuer;

  /**
   * How long it is good for. Some issuers, such as Let's Encrypt, decide by themselves. An hour at least.
   *
   * @default - 90 days
   */
  readonly duration?: Duration;

  /**
   * How long before its end it is renewed. Five minutes at least, and less than `duration`.
   *
   * @default - a third of the duration
   */
  readonly renewBefore?: Duration;

  /**
   * The key that is made for it.
   *
   * @default CertificateKey.rsa(2048)
   */
  readonly privateKey?: CertificateKey;

  /**
   * What it may be used for.
   *
   * @default - digital signatures and the encryption of keys
   */
  readonly usages?: CertificateUsage[];

  /**
   * Its common name, which clients no longer read: at most 64 characters, and one of the names that it is good for.
   *
   * @default - none
   */
  readonly commonName?: string;

  /**
   * Labels of the Secret, such as those by which a tool copies it.
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
   * How many requests for it cert-manager keeps, to look at.
   *
   * @default 1
   */
  readonly revisionHistoryLimit?: number;
}

/** The parts of a Certificate that do not depend on its Secret and its names. */
export type CertificateTerms = Omit<certmanager.CertificateSpec, 'secretName' | 'dnsNames'>;

/** The terms as cert-manager spells them, if it would take them. */
export function certificateTerms(given: IssuedCertificate, at: string): CertificateTerms {
  const { issuer, duration, renewBefore, privateKey, usages, commonName, secretLabels, secretAnnotations, revisionHistoryLimit } = given;
  const refuse = (problem: string, got: unknown, allowed: string) => {
    throw new MeshError('IM1357', at, { problem, got, allowed });
  };
  const [life, margin] = [duration && minutes(duration, at), renewBefore && minutes(renewBefore, at)];
  if (life !== undefined && life < 60) {
    refuse('the certificate would be good for less than an hour', spelled(life), '1h or more');
  }
  if (margin !== undefined && (margin < 5 || margin >= (life ?? 90 * 24 * 60))) {
    refuse('the certificate would not be renewed in time, or always', spelled(margin), 'from 5m, and less than the duration');
  }
  if (revisionHistoryLimit !== undefined && !(Number.isInteger(revisionHistoryLimit) && revisionHistoryLimit > 0 && revisionHistoryLimit < 2 ** 31)) {
    refuse('the number of requests that are kept is none', revisionHistoryLimit, 'a whole number from 1');
  }
  if (commonName !== undefined && (commonName === '' || commonName.length > 64)) {
    refuse('the common name is empty or too long', commonName, '1 to 64 characters');
  }
  if (usages?.length === 0) {
    refuse('the certificate could be used for nothing', usages, 'at least one usage, or none said');
  }
  const theirs = Object.keys({ ...secretLabels, ...secretAnnotations }).find(key => key.startsWith('cert-manager.io/'));
  if (theirs !== undefined) {
    refuse('the Secret would have metadata that is cert-manager\'s own', theirs, 'keys without the prefix cert-manager.io/');
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

/** In minutes, whole ones. */
function minutes(duration: Duration, at: string): number {
  istioDuration(duration, at);
  const count = duration.toMinutes({ integral: false });
  if (!Number.isInteger(count)) {
    throw new MeshError('IM1357', at, { problem: 'the duration is not a number of minutes', found: `${count}m`, allowed: 'whole minutes' });
  }
  return count;
}

/** As cert-manager reads it: Go's durations know no days. */
function spelled(count: number): string {
  return count % 60 === 0 ? `${count / 60}h` : `${count}m`;
}
