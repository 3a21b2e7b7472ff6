import { Construct } from 'constructs';
import { ResiliencePolicyProps } from './resilience-props';
import { renderLimits } from '../../hosts/policy/connection-pool';
import { renderLocality } from '../../hosts/policy/locality';
import { renderOutliers } from '../../hosts/policy/outlier-detection';
import { ContributedSettings } from '../../hosts/policy/policy-settings';
import { renderBudget } from '../../hosts/policy/retry-budget';

/** The settings of a policy for connections and endpoints, as a DestinationRule has them. */
export function connectionSettings(props: ResiliencePolicyProps, at: Construct): ContributedSettings {
  const { connectionPool, outlierDetection, loadBalancer, retryBudget, failover, failoverPriority, distribute, localityLb, zoneAware } = props;
  return {
    connectionPool: connectionPool && renderLimits(connectionPool, at),
    outlierDetection: outlierDetection && renderOutliers(outlierDetection, at),
    loadBalancer: loadBalancer?._toIstio,
    locality: renderLocality({ failover, failoverPriority, distribute, localityLb, zoneAware }, at),
    retryBudget: retryBudget && renderBudget(retryBudget, at),
  };
}

/** Whether any setting is set. */
export function hasSettings(settings: object): boolean {
  return Object.values(settings).some(value => value !== undefined);
}
