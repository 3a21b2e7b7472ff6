import { IConstruct } from 'constructs';
import { PROXY_CONFIG } from './joined-settings';
import { captureVariables } from '../namespaces/dns-capture';
import { MadePods } from '../workloads/workload';

/** Enables DNS capture in the sidecars of pods. */
export function captureDns(pods: MadePods, source: IConstruct): void {
  const lines = Object.entries(captureVariables(source)).map(([name, value]) => `  ${name}: "${value}"\n`);
  pods.addAnnotation(PROXY_CONFIG, `proxyMetadata:\n${lines.join('')}`, source);
}
