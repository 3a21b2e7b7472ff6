import { Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s, PersistentVolumeAccessMode } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { dnsLabel, isDnsName } from '../../values/names';
import { containerNames } from '../pods/container-checks';
import { PodOptions } from '../pods/pod-options';

/**
 * A separate volume for every pod, which stays when the pod is replaced.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export interface VolumeClaim {
  /** The size of the volume, at least one mebibyte. */
  readonly size: Size;

  /** The mount path in the container. */
  readonly mountPath: string;

  /**
   * The container that mounts the volume, init containers included.
   *
   * @default - the only container; required if there are several
   */
  readonly container?: string;

  /**
   * The name of the StorageClass.
   *
   * @default - the default of the cluster
   */
  readonly storageClassName?: string;

  /**
   * The access modes of the volume.
   *
   * @default [PersistentVolumeAccessMode.READ_WRITE_ONCE]
   * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
   */
  readonly accessModes?: PersistentVolumeAccessMode[];
}

/** What happens to volume claims that pods no longer use. */
export enum ClaimRetentionPolicy {
  /** The claims stay. */
  RETAIN = 'Retain',
  /** The claims and the data on their volumes are deleted. */
  DELETE = 'Delete',
}

/**
 * What happens to the volume claims of deleted pods.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export interface ClaimRetention {
  /**
   * The policy for all claims when the StatefulSet is deleted.
   *
   * @default ClaimRetentionPolicy.RETAIN
   */
  readonly whenDeleted?: ClaimRetentionPolicy;

  /**
   * The policy for the claims of a pod that is deleted because there are fewer replicas. A retained claim is used again by the next pod of that ordinal.
   *
   * @default ClaimRetentionPolicy.RETAIN
   */
  readonly whenScaled?: ClaimRetentionPolicy;
}

/** Kubernetes does not allow other modes beside this one. */
const ONE_POD = PersistentVolumeAccessMode.READ_WRITE_ONCE_POD;

/** Volume claims by name. */
export type VolumeClaims = { readonly [name: string]: VolumeClaim };

/** Refuses claims that no container of the pod can mount. */
export function checkClaims(scope: Construct, claims: VolumeClaims, options: PodOptions): void {
  for (const [name, claim] of Object.entries(claims)) {
    dnsLabel(name, scope, 'the name of the volume claim');
    if (claim.size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) < 1) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has no size`, got: claim.size, allowed: 'at least one mebibyte' });
    }
    if (!claim.mountPath.startsWith('/') || claim.mountPath.includes(':')) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has an invalid mount path`, got: claim.mountPath, allowed: 'a path that starts with a slash, without a colon' });
    }
    if (claim.storageClassName !== undefined && !isDnsName(claim.storageClassName)) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has an empty StorageClass name`, got: claim.storageClassName, allowed: 'the name of a StorageClass' });
    }
    if (claim.accessModes?.length === 0) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has no access mode`, got: claim.accessModes, next: 'add one, or leave `accessModes` out' });
    }
    if (claim.accessModes?.includes(ONE_POD) && claim.accessModes.some(mode => mode !== ONE_POD)) {
      throw new MeshError('IM1121', scope, {
        problem: `volume claim ${name} has READ_WRITE_ONCE_POD beside other access modes`, got: claim.accessModes, next: 'use only READ_WRITE_ONCE_POD, or leave it out',
      });
    }
    const names = containerNames(options);
    if (claim.container === undefined ? options.containers.length > 1 : !names.includes(claim.container)) {
      throw new MeshError('IM1107', scope, {
        problem: claim.container === undefined ? `volume claim ${name} needs its container, because the pod has several` : `volume claim ${name} names an unknown container`,
        got: claim.container,
        allowed: names.join(', '),
        next: `set the container that mounts it: { container: '${names[0]}' }`,
      });
    }
  }
}

/** The claim templates of a StatefulSet. */
export function claimTemplates(claims: VolumeClaims): k8s.KubePersistentVolumeClaimProps[] | undefined {
  const names = Object.keys(claims).sort();
  return names.length === 0 ? undefined : names.map(name => ({
    metadata: { name },
    spec: {
      accessModes: claims[name].accessModes ?? [PersistentVolumeAccessMode.READ_WRITE_ONCE],
      resources: { requests: { storage: k8s.Quantity.fromString(claims[name].size.asString()) } },
      storageClassName: claims[name].storageClassName,
    },
  }));
}

/** The containers of a pod, with the claims that they mount. */
export function mounted(containers: k8s.Container[], claims: VolumeClaims, only: string, scope: Construct): k8s.Container[] {
  return containers.map(container => {
    const claimNames = Object.keys(claims).sort().filter(name => (claims[name].container ?? only) === container.name);
    const mounts = [...container.volumeMounts ?? [], ...claimNames.map(name => ({ name, mountPath: claims[name].mountPath }))];
    const twice = mounts.find((mount, i) => mounts.findIndex(other => other.mountPath === mount.mountPath) !== i);
    if (twice) {
      throw new MeshError('IM1121', scope, { problem: `two volumes of container ${container.name} have the same mount path`, got: twice.mountPath, next: 'move one of them' });
    }
    return claimNames.length === 0 ? container : { ...container, volumeMounts: mounts };
  });
}
