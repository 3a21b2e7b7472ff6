import { IstioChart } from './istio-chart';

/** The first patch of each minor release whose chart of gateways has a schema that Helm can hold values against. */
const FIRST_WITH_SCHEMA: { readonly [minor: number]: number } = { 25: 5, 26: 4, 27: 1 };

/**
 * Whether the schema of the chart refuses every value, its own too: that of older gateways does, under Helm from 3.18.5 on.
 *
 * @see https://github.com/helm/helm/issues/31160
 */
export function refusesAllValues({ chart }: IstioChart, version: string): boolean {
  const [, minor, patch] = version.split(/[.-]/).map(Number);
  return chart === 'gateway' && minor < 28 && patch < (FIRST_WITH_SCHEMA[minor] ?? Infinity);
}

/** Whether the CRDs of the chart are such as Helm installs and never replaces. */
export function keepsOldCrds({ chart }: IstioChart, version: string): boolean {
  return chart === 'base' && Number(version.split('.')[1]) < 24;
}
