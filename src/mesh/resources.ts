import { ContainerResources } from 'cdk8s-plus-28';
import { Values } from './values';

/** Requests and limits as Helm values. What is left out stays as the chart has it. */
export function resourceValues({ cpu, memory, ephemeralStorage }: ContainerResources): Values {
  const of = (bound: 'request' | 'limit') => ({
    'cpu': cpu?.[bound]?.amount,
    'memory': memory?.[bound] && `${memory[bound].toMebibytes()}Mi`,
    'ephemeral-storage': ephemeralStorage?.[bound] && `${ephemeralStorage[bound].toMebibytes()}Mi`,
  });
  return { limits: of('limit'), requests: of('request') };
}
