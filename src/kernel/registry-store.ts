import { IConstruct } from 'constructs';

/** A class of registers. Each of its fields is one register. */
export type Registry<T> = new () => T;

const STORE = Symbol('cdk8s-istio registries');

interface Owner {
  [STORE]?: Map<Registry<unknown>, unknown>;
}

/** The registers of a class that belong to a construct. They are made on first use and live as long as the construct. */
export function registryAt<T>(owner: IConstruct, registry: Registry<T>): T {
  let store = (owner as Owner)[STORE];
  if (!store) {
    store = new Map();
    Object.defineProperty(owner, STORE, { value: store });
  }
  if (!store.has(registry)) {
    store.set(registry, new registry());
  }
  return store.get(registry) as T;
}

/** The registers of a class that belong to the App of a construct. */
export function appRegistryOf<T>(scope: IConstruct, registry: Registry<T>): T {
  return registryAt(scope.node.root, registry);
}
