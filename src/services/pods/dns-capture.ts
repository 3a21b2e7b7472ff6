import { IConstruct } from 'constructs';
import { PROXY_CONFIG } from './joined-settings';
import { captureVariables } from '../namespaces/dns-capture';
import { MadePods } from '../workloads/workload';

/** Has the sidecars of pods answer DNS queries. */
export function captureDns(pods: MadePods, source: IConstruct): void {
  const lines = Object.entries(captureVariables(source)).map(([name, value]) => `  ${name}: "${value}"\n`);
  pods.addAnnotation(PROXY_CONFIG, `proxyMetadata:\n${lines.join('')}`, source);
}
