import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { appRegistryOf } from './registry-store';

/**
 * Marks a child of a scope as an object that a construct of this library writes. All other objects of the cluster are compared with marked ones.
 *
 * @returns the id of the child
 */
export function owned(scope: IConstruct, id: string): string {
  const { ownedObjects } = appRegistryOf(scope, AppRegistry);
  const known = ownedObjects.get(scope);
  if (known instanceof Set) {
    known.add(id);
  } else {
    ownedObjects.set(scope, known === undefined ? id : new Set([known, id])); // most scopes have one object
  }
  return id;
}

/** Whether a construct of this library writes the object. */
export function isOwned(object: ApiObject): boolean {
  return ownedBy(object)(object);
}

/** Whether constructs of this library write objects of an App. */
export function ownedBy(app: IConstruct): (object: ApiObject) => boolean {
  const { ownedObjects } = appRegistryOf(app, AppRegistry);
  return ({ node }) => {
    const known = ownedObjects.get(node.scope!);
    return known instanceof Set ? known.has(node.id) : known === node.id;
  };
}

/** Marks an object that a user created and passed to a construct. */
export function adopt(construct: IConstruct): void {
  const object = ApiObject.of(construct);
  owned(object.node.scope!, object.node.id);
}
