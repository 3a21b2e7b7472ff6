import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';

/** Whether a certificate that is renewed gets a new key. */
export enum KeyRotation {
  /** A new key with every certificate. */
  ALWAYS = 'ALWAYS',
  /** The first key for ever, for clients that know it by its digest. */
  NEVER = 'NEVER',
}

/** Options of `CertificateKey`'s factories. */
export interface CertificateKeyOptions {
  /**
   * Whether a certificate that is renewed gets a new key.
   *
   * @default - what the release of cert-manager does: `ALWAYS` since 1.18
   */
  readonly rotationPolicy?: KeyRotation;
}

/**
 * The key of a certificate that is issued: RSA or ECDSA, as Envoy knows no other.
 *
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificatePrivateKey
 */
export class CertificateKey {
  /**
   * A key for RSA.
   *
   * @param size its bits: 2048, 3072, 4096 or 8192; others are refused (IM1357)
   */
  public static rsa(size: number, options: CertificateKeyOptions = {}): CertificateKey {
    return new CertificateKey('rsa', size, [2048, 3072, 4096, 8192], options);
  }

  /**
   * A key on a curve.
   *
   * @param size the bits of the curve: 256, 384 or 521; others are refused (IM1357)
   */
  public static ecdsa(size: number, options: CertificateKeyOptions = {}): CertificateKey {
    return new CertificateKey('ecdsa', size, [256, 384, 521], options);
  }

  private readonly rotationPolicy?: KeyRotation;

  private constructor(private readonly kind: 'rsa' | 'ecdsa', private readonly size: number, allowed: number[], options: CertificateKeyOptions) {
    const at = `CertificateKey.${kind}()`;
    this.rotationPolicy = validateProps('CertificateKeyOptions', options, at).rotationPolicy;
    if (!allowed.includes(size)) {
      throw new MeshError('IM1357', at, { problem: `there is no key for ${kind.toUpperCase()} of this size`, got: size, allowed: allowed.join(', ') });
    }
  }

  /** @internal */
  public _toCertManager(): certmanager.CertificateSpecPrivateKey {
    const { CertificateSpecPrivateKeyAlgorithm: Algorithm, CertificateSpecPrivateKeyRotationPolicy: Rotation } = certmanager;
    return {
      algorithm: this.kind === 'rsa' ? Algorithm.RSA : Algorithm.ECDSA,
      size: this.size,
      rotationPolicy: this.rotationPolicy && (this.rotationPolicy === KeyRotation.ALWAYS ? Rotation.ALWAYS : Rotation.NEVER),
    };
  }
}
