import { ContainerResources } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ControlPlaneOptions } from './control-plane-options';
import { MeshRegistry } from './registry';
import { resourceValues } from './resources';
import { Values, withFurther } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { registryOf } from '../kernel/registry';
import { dnsLabel } from '../values/names';

/**
 * Options of Istio's CNI plugin. Its images are those of the control plane.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/cni/
 */
export interface IstioCniOptions {
  /**
   * The namespace of its pods: some clouds let none but `kube-system` have pods that no node can do without.
   *
   * @default - the root namespace of the mesh
   */
  readonly namespace?: string;

  /**
   * Where nodes have the programs of CNI plugins: a full path (IM1609).
   *
   * @default /opt/cni/bin
   */
  readonly cniBinDir?: string;

  /**
   * Where nodes have the configuration of CNI plugins: a full path (IM1609).
   *
   * @default /etc/cni/net.d
   */
  readonly cniConfDir?: string;

  /**
   * Namespaces whose pods the plugin leaves alone.
   *
   * @default - kube-system
   */
  readonly excludeNamespaces?: string[];

  /**
   * The CPU and memory of its pods. What is left out is the chart's.
   *
   * @default - requests of 100 millicores and 100 MiB
   */
  readonly resources?: ContainerResources;

  /**
   * Further values of the chart, for which there is no option. One that an option says is refused (IM1604).
   *
   * @default - none
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- plain data: jsii has no other word for it
  readonly values?: { [field: string]: any };
}

/** Whether an install of the cluster brings the plugin: pods of every control plane do without privileges then. */
export function hasCni(at: Construct): boolean {
  return registryOf(at, MeshRegistry).cni !== undefined;
}

/** The values of the plugin, of which a node has one. */
export function cniValues(at: Construct, options: IstioCniOptions, controlPlane: ControlPlaneOptions): Values {
  const { imageHub, distroless, imagePullSecrets, jsonLogs } = controlPlane;
  const { cniBinDir, cniConfDir, excludeNamespaces, resources, values = {} } = options;
  const registry = registryOf(at, MeshRegistry);
  if (registry.cni) {
    throw new MeshError('IM1606', at, { problem: `${registry.cni.node.path} installs the CNI plugin already`, next: 'leave it out: every control plane of the cluster knows of it' });
  }
  const [name, path] = Object.entries({ cniBinDir, cniConfDir }).find(([, dir]) => dir !== undefined && !/^\/./.test(dir)) ?? [];
  if (name) {
    throw new MeshError('IM1609', at, { problem: `cni.${name} is no full path`, got: path, allowed: 'a path from the root of the node\'s file system' });
  }
  excludeNamespaces?.forEach(namespace => dnsLabel(namespace, at, 'a namespace that the CNI plugin leaves alone'));
  registry.cni = at;
  // Under `cni`, where the charts of every release read it.
  return withFurther({
    cni: { cniBinDir, cniConfDir, excludeNamespaces, resources: resources && resourceValues(resources) },
    global: { hub: imageHub, imagePullSecrets, logAsJson: jsonLogs, variant: distroless ? 'distroless' : undefined },
  }, values, at, 'values');
}
