import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { appRegistryOf } from './registry-store';
import { nearestScope, rootOf } from './scopes';
import { MeshError } from '../diagnostics/mesh-error';
import { apiObjectsOf } from '../synthesis/app-tree';
import { perSynthesis } from '../synthesis/per-synthesis';
import { addTo } from '../values/get-or-add';
import { isDnsLabel } from '../values/names';

/** Declares the namespace of everything below the construct. */
export function declareNamespace(scope: IConstruct, name: string): void {
  declared(scope).set(scope, name);
}

/** The construct that declares the namespace of another one: itself, or the nearest above it. */
export function namespaceScopeOf(construct: IConstruct): IConstruct | undefined {
  const namespaces = declared(construct);
  return nearestScope(construct, scope => namespaces.has(scope));
}

/** The objects below a construct that declares a namespace. */
export function objectsBelow(scope: IConstruct): readonly ApiObject[] {
  return objectsByScope(rootOf(scope)).get(scope) ?? [];
}

const objectsByScope = perSynthesis((app: IConstruct): ReadonlyMap<IConstruct, ApiObject[]> => {
  const namespaces = declared(app);
  const objects = new Map<IConstruct, ApiObject[]>();
  for (const object of apiObjectsOf(app)) {
    for (let scope: IConstruct | undefined = object; scope; scope = scope.node.scope) {
      if (namespaces.has(scope)) {
        addTo(objects, scope, object);
      }
    }
  }
  return objects;
});

/** The namespace of a construct: that of the nearest scope that declares one, else its chart's. */
export function namespaceOf(construct: IConstruct): string {
  const scope = namespaceScopeOf(construct);
  if (scope) {
    return declared(scope).get(scope)!;
  }
  const chart = nearestScope(construct, Chart.isChart) as Chart | undefined;
  const namespace = chart?.namespace;
  if (namespace === undefined) {
    throw new MeshError('IM1001', construct, { problem: 'the construct has no namespace' });
  }
  if (!isDnsLabel(namespace)) {
    throw new MeshError('IM0106', construct, { problem: 'the namespace of the chart is not a DNS label', got: namespace });
  }
  return namespace;
}

function declared(scope: IConstruct): Map<IConstruct, string> {
  return appRegistryOf(scope, AppRegistry).namespaces;
}
