import { IConstruct } from 'constructs';
import { rootOf } from './scopes';

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
  let registers = store.get(registry) as T | undefined;
  if (!registers) {
    registers = new registry();
    store.set(registry, registers);
  }
  return registers;
}

/** The registers of a class that belong to the App of a construct. */
export function appRegistryOf<T>(scope: IConstruct, registry: Registry<T>): T {
  return registryAt(rootOf(scope), registry);
}
