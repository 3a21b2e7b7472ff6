import type * as schema from './istio-schema';

/** What is made once for all files of tests of a worker, by `environment.ts`. */
const { shared } = globalThis as unknown as { readonly shared: Pick<typeof schema, 'validateIstioObject'> };

/** Checks a synthesized Istio object against the schema of the pinned CRDs, as `istio-schema.ts` says. */
export function validateIstioObject(obj: unknown): string[] {
  return [...shared.validateIstioObject(obj)];
}
