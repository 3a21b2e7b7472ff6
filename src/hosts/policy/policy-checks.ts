import { checkOutliers } from './outlier-detection';
import { blocks, PolicyScope, PolicySettings } from './policy-settings';
import { Code } from '../../diagnostics/catalogue';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, isHttp2 } from '../../values/protocol';
import { HostIdentity } from '../model/host-identity';

const UPGRADE = 'connectionPool.http.h2UpgradePolicy';
const AS_CLIENT = 'connectionPool.http.useClientProtocol';
const OF_HTTP2 = { maxConcurrentStreams: 'connectionPool.http.maxConcurrentStreams', http2KeepAlive: 'connectionPool.http.http2KeepAlive' };

/** Refuses settings of one port that exclude each other, whichever constructs set them, for the service, the port or a version. */
export function checkTogether(settings: PolicySettings, scope: PolicyScope, { ports }: HostIdentity): void {
  const effective = settings.effective(scope);
  const { outlierDetection, loadBalancer } = blocks(effective);
  const refuse = (code: Code, names: [string, string], problem: string): never => {
    const [source, other] = names.map(name => settings.sourceOf(name, scope)!);
    throw new MeshError(code, source, {
      problem: source === other ? problem : `${problem}; the other is set by ${other.node.path}`, got: Object.fromEntries(names.map(name => [name, effective[name]])),
    });
  };
  if (effective[AS_CLIENT] === true && effective[UPGRADE] === 'UPGRADE') {
    refuse('IM1633', [UPGRADE, AS_CLIENT], '`useClientProtocol` and `h2UpgradePolicy: UPGRADE` exclude each other');
  }
  if (outlierDetection) {
    const counts = ['consecutiveGatewayErrors', 'consecutive5XxErrors', 'consecutiveLocalOriginFailures'].map(name => `outlierDetection.${name}`);
    const source = [...counts, 'outlierDetection'].map(name => settings.sourceOf(name, scope)).find(each => each !== undefined)!;
    checkOutliers(outlierDetection, source);
  }
  if (effective.retryBudget && effective['connectionPool.http.maxRetries'] !== undefined) {
    refuse('IM1661', ['connectionPool.http.maxRetries', 'retryBudget'], 'a retry budget and `maxRetries` exclude each other');
  }
  if (loadBalancer?.consistentHash && loadBalancer.zoneAwareLbSetting?.enabled) {
    refuse('IM1661', ['locality', 'loadBalancer'], 'a consistent hash chooses among the pods of all zones, so zone aware load balancing has no effect');
  }
  checkHttp2(settings, scope, ports.find(({ port }) => port === scope.port)!);
}

function checkHttp2(settings: PolicySettings, scope: PolicyScope, { port, name, protocol }: MeshPort): void {
  const effective = settings.effective(scope);
  const [option, path] = Object.entries(OF_HTTP2).find(([, each]) => effective[each] !== undefined) ?? [];
  if (path === undefined || option === undefined || !isHttp(protocol)) {
    return;
  }
  const at = settings.sourceOf(path, scope)!;
  if (effective[AS_CLIENT] === true) {
    throw new MeshError('IM1634', at, { problem: `port ${port} (${name}) uses the HTTP version of the client, so Istio ignores HTTP/2 settings`, got: option, next: 'drop `useClientProtocol` or the setting' });
  }
  if (!isHttp2(protocol) && effective[UPGRADE] !== 'UPGRADE') {
    throw new MeshError('IM1634', at, { problem: `port ${port} (${name}) does not use HTTP/2`, got: option });
  }
}
