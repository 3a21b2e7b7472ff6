import { TestEnvironment } from 'jest-environment-node';
import { validateIstioObject } from './istio-schema';

/**
 * Where the tests of a file run. jest gives each file modules of its own, but not its environment: schemas that are compiled here are compiled
 * once for each worker. Tests take them from `shared.ts`.
 */
export default class Environment extends TestEnvironment {
  public override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { shared: { validateIstioObject } });
  }
}
