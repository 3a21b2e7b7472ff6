import { instanceOf } from '../diagnostics/validate-props';

/** Major and minor number of a release, compared as numbers: 1.9 comes before 1.10. */
abstract class Release {
  protected constructor(private readonly minor: number) {}

  /**
   * The release as people write it, for example `1.31`.
   */
  public get version(): string {
    return `1.${this.minor}`;
  }

  /** @internal */
  public _atLeast(other: Release): boolean {
    return this.minor >= other.minor;
  }
}

/**
 * A release of Istio that this library supports.
 *
 * @see https://istio.io/latest/docs/releases/supported-releases/
 */
export class IstioRelease extends Release {
  /** Istio 1.22. */
  public static readonly V1_22 = new IstioRelease(22);
  /** Istio 1.23. */
  public static readonly V1_23 = new IstioRelease(23);
  /** Istio 1.24. */
  public static readonly V1_24 = new IstioRelease(24);
  /** Istio 1.25. */
  public static readonly V1_25 = new IstioRelease(25);
  /** Istio 1.26. */
  public static readonly V1_26 = new IstioRelease(26);
  /** Istio 1.27. */
  public static readonly V1_27 = new IstioRelease(27);
  /** Istio 1.28. */
  public static readonly V1_28 = new IstioRelease(28);
  /** Istio 1.29. */
  public static readonly V1_29 = new IstioRelease(29);
  /** Istio 1.30. */
  public static readonly V1_30 = new IstioRelease(30);
  /** Istio 1.31, whose CRDs this library's classes are made from. */
  public static readonly V1_31 = new IstioRelease(31);

  private constructor(minor: number) {
    super(minor);
  }

  /**
   * Whether this release is the other one or a later one.
   *
   * @param other the release to compare with
   */
  public atLeast(other: IstioRelease): boolean {
    return this._atLeast(instanceOf('IstioRelease', other, 'IstioRelease.atLeast()', 'the other release'));
  }
}

/**
 * A release of Kubernetes.
 *
 * @see https://kubernetes.io/releases/
 */
export class KubernetesRelease extends Release {
  /** Kubernetes 1.28, whose classes cdk8s-plus-28 is made from. */
  public static readonly V1_28 = new KubernetesRelease(28);
  /** Kubernetes 1.29. */
  public static readonly V1_29 = new KubernetesRelease(29);
  /** Kubernetes 1.30. */
  public static readonly V1_30 = new KubernetesRelease(30);
  /** Kubernetes 1.31. */
  public static readonly V1_31 = new KubernetesRelease(31);
  /** Kubernetes 1.32. */
  public static readonly V1_32 = new KubernetesRelease(32);
  /** Kubernetes 1.33. */
  public static readonly V1_33 = new KubernetesRelease(33);
  /** Kubernetes 1.34. */
  public static readonly V1_34 = new KubernetesRelease(34);

  private constructor(minor: number) {
    super(minor);
  }

  /**
   * Whether this release is the other one or a later one.
   *
   * @param other the release to compare with
   */
  public atLeast(other: KubernetesRelease): boolean {
    return this._atLeast(instanceOf('KubernetesRelease', other, 'KubernetesRelease.atLeast()', 'the other release'));
  }
}
