import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { isDnsLabel } from '../values/names';

const scopes = new WeakMap<IConstruct, string>();

/** Declares that whatever is below the construct lives in a namespace. */
export function declareNamespace(scope: IConstruct, name: string): void {
  scopes.set(scope, name);
}

/** The construct that declared the namespace around another one: itself, or the nearest above it. */
export function namespaceScopeOf(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(scope => scopes.has(scope));
}

/** The namespace a construct lives in: that of the nearest scope that declared one, else its chart's. */
export function namespaceOf(construct: IConstruct): string {
  const scope = namespaceScopeOf(construct);
  if (scope) {
    return scopes.get(scope)!;
  }
  const namespace = construct.node.scopes.some(Chart.isChart) ? Chart.of(construct).namespace : undefined;
  if (namespace === undefined) {
    throw new MeshError('IM1001', construct, { problem: 'there is no namespace for this construct' });
  }
  if (!isDnsLabel(namespace)) {
    throw new MeshError('IM0106', construct, { problem: 'the namespace of the chart is no DNS label', got: namespace });
  }
  return namespace;
}
