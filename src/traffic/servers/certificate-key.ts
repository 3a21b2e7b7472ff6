import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';

/** Whether a renewed certificate gets a new private key. */
export enum KeyRotation {
  /** Every certificate gets a new key. */
  ALWAYS = 'ALWAYS',
  /** The key never changes, for clients that pin it. */
  NEVER = 'NEVER',
}

/** Options of the factories of `CertificateKey`. */
export interface CertificateKeyOptions {
  /**
   * Whether a renewed certificate gets a new private key.
   *
   * @default - the default of the cert-manager release: `ALWAYS` since 1.18
   */
  readonly rotationPolicy?: KeyRotation;
}

/**
 * The private key of an issued certificate: RSA or ECDSA, which are the key types of Envoy.
 *
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificatePrivateKey
 */
export class CertificateKey {
  /**
   * An RSA key.
   *
   * @param size the size in bits: 2048, 3072, 4096 or 8192 (IM1357)
   */
  public static rsa(size: number, options: CertificateKeyOptions = {}): CertificateKey {
    return new CertificateKey('rsa', size, [2048, 3072, 4096, 8192], options);
  }

  /**
   * An ECDSA key.
   *
   * @param size the size of the curve in bits: 256, 384 or 521 (IM1357)
   */
  public static ecdsa(size: number, options: CertificateKeyOptions = {}): CertificateKey {
    return new CertificateKey('ecdsa', size, [256, 384, 521], options);
  }

  private readonly rotationPolicy?: KeyRotation;

  private constructor(private readonly kind: 'rsa' | 'ecdsa', private readonly size: number, allowed: number[], options: CertificateKeyOptions) {
    const at = `CertificateKey.${kind}()`;
    this.rotationPolicy = validateProps('CertificateKeyOptions', options, at).rotationPolicy;
    if (!allowed.includes(size)) {
      throw new MeshError('IM1357', at, { problem: `there is no ${kind.toUpperCase()} key of this size`, got: size, allowed: allowed.join(', ') });
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
