import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { knownMeshOf } from './known-mesh-config';
import { MeshSettingsProps } from './mesh-settings-props';
import { checkNormalizedPaths } from './normalized-paths';
import { checkUndoing } from './undoing-settings';
import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { collectErrors } from '../kernel/collect-errors';
import { MeshCluster } from '../kernel/mesh-cluster';
import { MeshNamespace } from '../services/namespaces/mesh-namespace';
import { checkDefaultVisibility } from '../services/visibility-checks';
import { constructsOf } from '../synthesis/app-tree';

/** The errors of settings at synthesis, where other constructs of the cluster are known. */
export function checkSettings(settings: Construct, { meshConfig = {}, discoverySelectors = {} }: MeshSettingsProps, all: Values): string[] {
  return [
    ...undiscoveredNamespaces(settings, Object.entries(discoverySelectors)),
    ...collectErrors(settings, () => checkUndoing(settings, { meshConfig: { ...all, discoverySelectors: meshConfig.discoverySelectors } }, '')),
    ...collectErrors(settings, () => checkDefaultVisibility(settings, knownMeshOf(meshConfig))),
    ...collectErrors(settings, () => checkNormalizedPaths(settings, all.pathNormalization?.normalization)),
  ];
}

/** Namespaces of this App that istiod does not watch. */
function undiscoveredNamespaces(settings: Construct, selectors: [string, string][]): string[] {
  const cluster = MeshCluster.of(settings);
  const all = selectors.length === 0 ? [] : constructsOf(settings.node.root);
  const made = all.filter(construct => construct instanceof MeshNamespace && MeshCluster.of(construct) === cluster);
  return made.flatMap(namespace => {
    const object = namespace.node.tryFindChild('Resource') as ApiObject | undefined; // undefined for a namespace that this App does not make
    const missing = selectors.filter(([key, value]) => object && object.metadata.getLabel(key) !== value).map(([key, value]) => `${key}: ${value}`);
    return missing.length === 0 ? [] : [new MeshError('IM1612', namespace, {
      problem: `${settings.node.path} has istiod look at other namespaces only: this one lacks a label`, allowed: missing.join(', '),
    }).message];
  });
}
