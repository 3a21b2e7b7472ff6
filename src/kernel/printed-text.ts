import { ApiObject } from 'cdk8s';
import { AppRegistry } from './app-registry';
import { appRegistryOf } from './registry-store';
import { refuseMisread } from '../synthesis/misread-error';

/**
 * Checks an object whenever cdk8s renders it. This avoids a second rendering, and includes late contributions and patches.
 */
export function watchPrinting(object: ApiObject): void {
  const { checkedObjects } = appRegistryOf(object, AppRegistry);
  if (checkedObjects.has(object)) {
    return;
  }
  checkedObjects.add(object);
  const toJson = object.toJson;
  Object.defineProperty(object, 'toJson', {
    value: () => {
      const json = toJson.call(object);
      refuseMisread(object, json);
      return json;
    },
    writable: true,
    configurable: true,
  });
}
