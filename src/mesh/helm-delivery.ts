import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { argoCd } from './argo-cd';
import { flux } from './flux';
import { Deliver } from './istio-chart';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { MeshCluster } from '../kernel/mesh-cluster';
import { wholeSeconds } from '../values/istio-duration';
import { dnsLabel } from '../values/names';

/** Where Istio publishes its charts. */
const REPOSITORY = 'https://istio-release.storage.googleapis.com/charts';

/** What every way to deliver charts has. */
export interface HelmDeliveryOptions {
  /** The version of the charts, for example `1.31.0`: one of the release that the cluster declares (IM1607). */
  readonly version: string;

  /**
   * Where the charts are: a repository by https, or a registry by oci (IM1607).
   *
   * @default https://istio-release.storage.googleapis.com/charts
   */
  readonly repository?: string;
}

/** Options of `HelmDelivery.flux`. */
export interface FluxOptions extends HelmDeliveryOptions {
  /**
   * The namespace of the HelmReleases.
   *
   * @default flux-system
   */
  readonly namespace?: string;

  /**
   * How often the cluster is compared with what is declared, in whole seconds.
   *
   * @default Duration.minutes(30)
   */
  readonly interval?: Duration;

  /**
   * How often an install or upgrade that failed is repeated.
   *
   * @default 3
   */
  readonly retries?: number;
}

/** Options of `HelmDelivery.argoCd`. */
export interface ArgoCdOptions extends HelmDeliveryOptions {
  /**
   * The namespace of the Applications.
   *
   * @default argocd
   */
  readonly namespace?: string;

  /**
   * The project of the Applications.
   *
   * @default default
   */
  readonly project?: string;

  /**
   * The API server of the cluster that Istio is installed into.
   *
   * @default https://kubernetes.default.svc
   */
  readonly server?: string;

  /**
   * Whether Argo CD applies changes by itself. It deletes nothing by itself.
   *
   * @default true
   */
  readonly automated?: boolean;
}

/**
 * Who installs Istio's charts.
 */
export class HelmDelivery {
  /** Writes no object. `IstioChart.toYaml` returns the text of a values file for another tool. */
  public static values(): HelmDelivery {
    return new HelmDelivery(() => undefined);
  }

  /**
   * Flux: a HelmRepository, and a HelmRelease a chart, in order.
   *
   * @see https://fluxcd.io/flux/components/helm/helmreleases/
   */
  public static flux(options: FluxOptions): HelmDelivery {
    const at = 'HelmDelivery.flux()';
    const { version, repository, namespace = 'flux-system', interval = Duration.minutes(30), retries = 3 } = validateProps('FluxOptions', options, at);
    if (!Number.isInteger(retries) || retries < 0) {
      throw new MeshError('IM1607', at, { problem: 'this is no number of retries', got: retries, allowed: 'a whole number' });
    }
    return new HelmDelivery(flux({
      version, repository: source(repository, at), namespace: dnsLabel(namespace, at, 'the namespace of the HelmReleases'), interval: `${wholeSeconds(interval, at)}s`, retries,
    }), exact(version, at));
  }

  /**
   * Argo CD: an Application a chart, in waves.
   *
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
   */
  public static argoCd(options: ArgoCdOptions): HelmDelivery {
    const at = 'HelmDelivery.argoCd()';
    const { version, repository, namespace = 'argocd', project = 'default', server = 'https://kubernetes.default.svc', automated = true } = validateProps('ArgoCdOptions', options, at);
    if (!/^https:\/\/[^/\s]+\S*$/.test(server)) {
      throw new MeshError('IM1607', at, { problem: 'this is no API server', got: server, allowed: 'https://…', next: 'name the server as Argo CD knows it' });
    }
    return new HelmDelivery(argoCd({
      version,
      repository: source(repository, at),
      namespace: dnsLabel(namespace, at, 'the namespace of the Applications'),
      project: dnsLabel(project, at, 'the project'),
      server,
      automated,
    }), exact(version, at));
  }

  private constructor(/** @internal */ public readonly _deliver: Deliver, private readonly version?: string) {}

  /**
   * Refuses charts of a release that the cluster does not run.
   *
   * @internal
   */
  public _check(at: Construct): void {
    const { istio } = MeshCluster.of(at);
    if (this.version !== undefined && !this.version.startsWith(`${istio.version}.`)) {
      throw new MeshError('IM1607', at, {
        problem: `the charts are not those of Istio ${istio.version}, which the cluster declares`,
        got: this.version,
        allowed: `${istio.version}.x`,
        next: 'use charts of that release, or declare the other: new MeshCluster(app, …, { istio: … })',
      });
    }
  }
}

/** One version: a range would install something else tomorrow. */
function exact(version: string, at: string): string {
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new MeshError('IM1607', at, { problem: 'this is not one version of a chart', got: version, allowed: 'three numbers, such as 1.31.0' });
  }
  return version;
}

function source(repository: string | undefined, at: string): string {
  if (repository !== undefined && !/^(https|oci):\/\/[^/\s]+(\/\S*)?$/.test(repository)) {
    throw new MeshError('IM1607', at, { problem: 'charts cannot be fetched from there', got: repository, allowed: 'https://… or oci://…' });
  }
  return (repository ?? REPOSITORY).replace(/\/+$/, '');
}
