import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { knownMesh } from '../../kernel/known-mesh';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { Labels } from '../../values/labels';
import { PROXY_CONFIG } from '../pods/joined-settings';
import { NativeSidecars, nativeSidecars } from '../pods/native-sidecars';
import { getSidecars } from '../workloads/sidecars';

/** The label by which a pod disables its sidecar. The annotation with this name is deprecated. */
export const INJECT = 'sidecar.istio.io/inject';
/** The annotation by which a pod requests a native sidecar. */
export const NATIVE = 'sidecar.istio.io/nativeSidecar';

/** The HTTP client that tells the proxy to quit. The image of the job must contain it. */
export enum QuitClient {
  /** curl. */
  CURL = 'CURL',
  /** wget, including that of BusyBox. */
  WGET = 'WGET',
}

/** Options of `JobSidecar.quit`. */
export interface QuitOptions {
  /**
   * The HTTP client in the image that tells the proxy to quit.
   *
   * @default QuitClient.CURL
   */
  readonly client?: QuitClient;
}

/** Options of `JobSidecar.none`. */
export interface NoSidecarOptions {
  /**
   * The reason why the job may call services that are known to refuse plain text: for example that one of their ports accepts it. The reason is
   * written to the pods, as the annotation `kubernetes.io/description`.
   *
   * @default - such calls are refused (IM1702)
   */
  readonly despiteMutualTls?: string;
}

/** The effect of a choice on the pods of one job. */
export interface JobSidecarPlan {
  /** Whether the pods have a proxy, and with it an identity. */
  readonly proxied: boolean;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Whether the labels are written, and the annotations of a default plan. Evaluated at synthesis. */
  readonly isWritten?: () => boolean;
  /** Whether the job chose its sidecar. */
  readonly chosen?: boolean;
  /** Whether mesh settings must enable native sidecars for all pods, because single pods cannot request them. */
  readonly byIstiod?: boolean;
  /** Whether the proxy needs a request to quit. */
  readonly quits?: boolean;
  /** The HTTP client that sends this request, in a shell around the container's command. */
  readonly client?: QuitClient;
  /** Whether calls of services that refuse plain text are allowed without a proxy. */
  readonly despiteMutualTls?: boolean;
}

/**
 * How the sidecar of a job terminates. A regular sidecar container continues after the other containers are done, so the pod and the job
 * would never end.
 *
 * @see https://istio.io/latest/blog/2023/native-sidecars/
 */
export class JobSidecar {
  /**
   * A native sidecar of Kubernetes: it starts before all containers and stops after them. Needs Kubernetes 1.29 and Istio 1.24. Earlier
   * releases of Istio need mesh settings that enable it for all pods: `MeshSettings` with `proxy: { nativeSidecars: true }`.
   */
  public static native(): JobSidecar {
    return new JobSidecar(at => {
      const known = nativeSidecars(MeshCluster.of(at));
      if (known === NativeSidecars.NONE) {
        throw notNative(at, `Kubernetes ${MeshCluster.of(at).kubernetes.version} has no native sidecars`, 'use JobSidecar.quit() or JobSidecar.none(), or set the releases of the MeshCluster');
      }
      return known === NativeSidecars.BY_ISTIOD ? { proxied: true, byIstiod: true } : { proxied: true, annotations: { [NATIVE]: 'true' } };
    });
  }

  /**
   * A regular sidecar that quits when the container is done. The job must have one container. A shell runs its `command`: it waits for the
   * proxy first, and forwards signals and the exit code. The image must contain the shell, `/bin/sh`, and the HTTP client.
   *
   * Such a job needs an `activeDeadline` (IM1703), because the proxy does not quit if the container is killed.
   *
   * @see https://istio.io/latest/docs/reference/commands/pilot-agent/
   */
  public static quit(options: QuitOptions = {}): JobSidecar {
    const { client = QuitClient.CURL } = validateProps('QuitOptions', options, 'JobSidecar.quit()');
    return new JobSidecar(() => ({ proxied: true, quits: true, client }));
  }

  /**
   * A regular sidecar that the application itself tells to quit, with `POST http://127.0.0.1:15020/quitquitquit` as its last action. Such a job
   * needs an `activeDeadline` (IM1703), because the proxy does not quit if the application is killed.
   *
   * @see https://istio.io/latest/docs/reference/commands/pilot-agent/
   */
  public static quitByApplication(): JobSidecar {
    // The application waits for the proxy; otherwise its first call would fail.
    return new JobSidecar(() => ({ proxied: true, quits: true, annotations: { [PROXY_CONFIG]: 'holdApplicationUntilProxyStarts: true' } }));
  }

  /**
   * No sidecar. The job has no identity and sends plain text only: services with strict mutual TLS refuse it, routes and policies of
   * its callees do not apply to it, and authorization policies cannot identify it.
   */
  public static none(options: NoSidecarOptions = {}): JobSidecar {
    const { despiteMutualTls: reason } = validateProps('NoSidecarOptions', options, 'JobSidecar.none()');
    if (reason?.trim() === '') {
      throw new MeshError('IM1702', 'JobSidecar.none()', { problem: 'the reason is empty', got: reason, next: 'give the reason why such calls succeed, or leave it out' });
    }
    return new JobSidecar(() => ({
      proxied: false,
      labels: { [INJECT]: 'false' },
      annotations: reason === undefined ? undefined : { 'kubernetes.io/description': `Without a sidecar despite mutual TLS: ${reason}` },
      despiteMutualTls: reason !== undefined,
    }));
  }

  /**
   * The plan for a job. The default is a native sidecar if the releases support it, otherwise no sidecar.
   *
   * @internal
   */
  public static _plan(chosen: JobSidecar | undefined, at: Construct): JobSidecarPlan {
    const native = nativeSidecars(MeshCluster.of(at)) === NativeSidecars.BY_ANNOTATION;
    const plan = (chosen ?? (native ? JobSidecar.native() : JobSidecar.none())).planned(at);
    // Evaluated at synthesis, because another chart may set it later. If the namespace has no sidecars, the pods need no label.
    const isWritten = () => getSidecars(at);
    if (chosen) {
      checkInjects(plan, at);
      return { ...plan, isWritten, chosen: true };
    }
    return plan.proxied ? { ...plan, isWritten, get proxied() { return isWritten(); } } : { ...plan, isWritten };
  }

  /**
   * Refuses, at synthesis, a plan that the mesh settings do not support.
   *
   * @internal
   */
  public static _keep(plan: JobSidecarPlan, at: Construct): void {
    if (plan.chosen) {
      checkInjects(plan, at);
    }
    if (plan.byIstiod && !knownMesh(at).nativeSidecars) {
      const next = 'let istiod give them to all, new MeshSettings(…, { proxy: { nativeSidecars: true } }), or use JobSidecar.quit() or JobSidecar.none()';
      throw notNative(at, `pods cannot request a native sidecar from Istio ${MeshCluster.of(at).istio.version}, and no mesh settings enable it`, next);
    }
  }

  private constructor(private readonly planned: (at: Construct) => JobSidecarPlan) {}
}

function checkInjects(plan: JobSidecarPlan, at: Construct): void {
  if (plan.proxied && !getSidecars(at)) {
    throw new MeshError('IM1705', at, { problem: `the pods of ${namespaceOf(at)} get no sidecar`, next: 'leave `sidecar` out, or enable injection for the namespace' });
  }
}

function notNative(at: Construct, problem: string, next: string): MeshError {
  const { istio, kubernetes } = MeshCluster.of(at);
  return new MeshError('IM1701', at, {
    problem, found: `Istio ${istio.version} on Kubernetes ${kubernetes.version}`, allowed: 'Istio 1.24 or later on Kubernetes 1.29 or later', next,
  });
}
