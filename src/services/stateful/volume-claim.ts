import { Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { dnsLabel, isDnsName } from '../../values/names';
import { containerNames } from '../pods/container-checks';
import { PodOptions } from '../pods/pod-options';

/**
 * Who may mount a volume, and how.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
 */
export enum VolumeAccess {
  /** The pods of one node, to read and write. */
  READ_WRITE_ONCE = 'READ_WRITE_ONCE',
  /** One pod, to read and write. */
  READ_WRITE_ONCE_POD = 'READ_WRITE_ONCE_POD',
  /** Pods of many nodes, to read and write. */
  READ_WRITE_MANY = 'READ_WRITE_MANY',
  /** Pods of many nodes, to read. */
  READ_ONLY_MANY = 'READ_ONLY_MANY',
}

const ACCESS_MODES: { readonly [mode: string]: string } = {
  READ_WRITE_ONCE: 'ReadWriteOnce',
  READ_WRITE_ONCE_POD: 'ReadWriteOncePod',
  READ_WRITE_MANY: 'ReadWriteMany',
  READ_ONLY_MANY: 'ReadOnlyMany',
};

/**
 * A volume that every pod claims for itself and keeps when it is replaced.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export interface VolumeClaim {
  /** The size of the volume, at least one mebibyte. */
  readonly size: Size;

  /** Where the container finds the volume. */
  readonly mountPath: string;

  /**
   * The container that mounts the volume, init containers included.
   *
   * @default - the only container; with several it has to be said
   */
  readonly container?: string;

  /**
   * The class of storage.
   *
   * @default - the cluster's own
   */
  readonly storageClassName?: string;

  /**
   * Who may mount the volume, and how.
   *
   * @default [VolumeAccess.READ_WRITE_ONCE]
   */
  readonly accessModes?: VolumeAccess[];
}

/**
 * What becomes of the volume claims of pods that go.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export interface ClaimRetention {
  /**
   * Whether the claims go with the StatefulSet.
   *
   * @default false - they stay
   */
  readonly deleteWithService?: boolean;

  /**
   * Whether the claim of a pod goes when there are fewer replicas.
   *
   * @default false - it stays, and the pod finds it again
   */
  readonly deleteWithPod?: boolean;
}

/** Volume claims by name. */
export type VolumeClaims = { readonly [name: string]: VolumeClaim };

/** Refuses claims that no pod of these containers could mount. */
export function checkClaims(scope: Construct, claims: VolumeClaims, options: PodOptions): void {
  for (const [name, claim] of Object.entries(claims)) {
    dnsLabel(name, scope, 'the name of the volume claim');
    if (claim.size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) < 1) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has no size`, got: claim.size, allowed: 'at least one mebibyte' });
    }
    if (!claim.mountPath.startsWith('/') || claim.mountPath.includes(':')) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} is mounted at no path`, got: claim.mountPath, allowed: 'a path from its slash, without a colon' });
    }
    if (claim.storageClassName !== undefined && !isDnsName(claim.storageClassName)) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} names no class of storage`, got: claim.storageClassName, allowed: 'the name of a StorageClass' });
    }
    if (claim.accessModes?.length === 0) {
      throw new MeshError('IM1121', scope, { problem: `volume claim ${name} has no access mode`, got: claim.accessModes, next: 'name one, or leave it out' });
    }
    if (claim.accessModes?.includes(VolumeAccess.READ_WRITE_ONCE_POD) && claim.accessModes.some(mode => mode !== VolumeAccess.READ_WRITE_ONCE_POD)) {
      throw new MeshError('IM1121', scope, {
        problem: `volume claim ${name} is for one pod, and for others`, got: claim.accessModes, next: 'name READ_WRITE_ONCE_POD alone, or leave it out',
      });
    }
    const names = containerNames(options);
    if (claim.container === undefined ? options.containers.length > 1 : !names.includes(claim.container)) {
      throw new MeshError('IM1107', scope, {
        problem: claim.container === undefined ? `volume claim ${name} does not say which of several containers mounts it` : `volume claim ${name} names a container that is not there`,
        got: claim.container,
        allowed: names.join(', '),
        next: `name the one that mounts it: { container: '${names[0]}' }`,
      });
    }
  }
}

/** The templates as a StatefulSet has them. */
export function claimTemplates(claims: VolumeClaims): k8s.KubePersistentVolumeClaimProps[] | undefined {
  const names = Object.keys(claims).sort();
  return names.length === 0 ? undefined : names.map(name => ({
    metadata: { name },
    spec: {
      accessModes: (claims[name].accessModes ?? [VolumeAccess.READ_WRITE_ONCE]).map(mode => ACCESS_MODES[mode]),
      resources: { requests: { storage: k8s.Quantity.fromString(claims[name].size.asString()) } },
      storageClassName: claims[name].storageClassName,
    },
  }));
}

/** The containers of a pod, with the claims that they mount. */
export function mounted(containers: k8s.Container[], claims: VolumeClaims, only: string, scope: Construct): k8s.Container[] {
  return containers.map(container => {
    const mine = Object.keys(claims).sort().filter(name => (claims[name].container ?? only) === container.name);
    const mounts = [...container.volumeMounts ?? [], ...mine.map(name => ({ name, mountPath: claims[name].mountPath }))];
    const twice = mounts.find((mount, i) => mounts.findIndex(other => other.mountPath === mount.mountPath) !== i);
    if (twice) {
      throw new MeshError('IM1121', scope, { problem: `two volumes of container ${container.name} are mounted at one path`, got: twice.mountPath, next: 'move one of them' });
    }
    return mine.length === 0 ? container : { ...container, volumeMounts: mounts };
  });
}
