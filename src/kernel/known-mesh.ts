import { IConstruct } from 'constructs';
import { MeshAttributes } from './mesh-attributes';
import { KernelRegistry, registryOf } from './registry';

/** The known attributes of the mesh of a construct's cluster. Complete at synthesis. */
export function knownMesh(scope: IConstruct): MeshAttributes {
  const { settings, installed } = registryOf(scope, KernelRegistry).mesh;
  return { ...settings, ...installed };
}

/** Sets the attributes that the settings of the mesh define. */
export function declareKnownMesh(scope: IConstruct, settings: MeshAttributes): void {
  registryOf(scope, KernelRegistry).mesh.settings = settings;
}

/** Adds the attributes that an installation of Istio defines. Fields that are undefined keep the value of the settings. */
export function declareInstalledMesh(scope: IConstruct, attributes: MeshAttributes): void {
  const { mesh } = registryOf(scope, KernelRegistry);
  const defined = Object.entries(attributes).filter(([, value]) => value !== undefined);
  mesh.installed = { ...mesh.installed, ...Object.fromEntries(defined) };
}
