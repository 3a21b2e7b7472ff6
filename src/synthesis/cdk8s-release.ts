import { App } from 'cdk8s';

/** The mark that jsii puts on classes. */
const RTTI = Symbol.for('jsii.rtti');

/**
 * Whether the loaded cdk8s is of the minor release whose synthesis this folder follows. Its patch releases only update dependencies. Tests compare the
 * two; with another release, cdk8s' own synthesis runs instead.
 */
export function isKnownCdk8s(): boolean {
  const { [RTTI]: mark } = App as unknown as { readonly [RTTI]?: { readonly version: string } };
  return mark !== undefined && mark.version.startsWith('2.70.');
}
