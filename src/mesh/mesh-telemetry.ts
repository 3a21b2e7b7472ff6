import { Construct } from 'constructs';
import { MeshSettings } from './mesh-settings';
import { MeshTelemetryProps } from './mesh-telemetry-props';
import { MeshRegistry } from './registry';
import { checkTelemetry, telemetrySpec } from './telemetry-spec';
import * as telemetry from '../../imports/telemetry.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../diagnostics/validate-props';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { MeshCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { podsName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { registryOf } from '../kernel/registry';
import { sameCluster } from '../kernel/same-cluster';
import { uniqueId } from '../kernel/unique-id';

/**
 * The access logs, traces and metrics of proxies of a namespace or a service. Settings of a service override those of its
 * namespace, and that in place of what the mesh says, each of log, traces and metrics by itself.
 *
 * @see https://istio.io/latest/docs/reference/config/telemetry/
 */
export class MeshTelemetry extends Construct {
  constructor(scope: Construct, id: string, props: MeshTelemetryProps) {
    super(scope, uniqueId(scope, id));
    const { service } = validateProps('MeshTelemetryProps', props, this);
    const namespace = namespaceOf(this);
    if (service) {
      instanceOf('MeshServiceBase', service, this, 'service');
      sameCluster(this, service);
    }
    if (service && service.namespace !== namespace) {
      throw new MeshError('IM1614', this, { problem: `${service.serviceName} is in another namespace, where this is not read`, got: service.namespace, allowed: namespace });
    }
    checkTelemetry(this, props);
    refuseAtSynthesis(this, () => this.checkTraced(props, namespace));
    this.register(`${namespace}/${service?.serviceName ?? ''}`, props.tracing?.provider !== undefined);
    new telemetry.Telemetry(this, owned(this, 'Resource'), {
      metadata: { name: service ? podsName(service.serviceName, ['mesh-default', 'namespace-default']) : (namespace === MeshCluster.of(this).rootNamespace ? 'mesh-default' : 'namespace-default'), namespace },
      spec: telemetrySpec(props),
    });
  }

  /** Telemetry of a service takes what that of its namespace says, and that what the mesh says. */
  private checkTraced({ tracing }: MeshTelemetryProps, namespace: string): void {
    const { telemetry: entries } = registryOf(this, MeshRegistry);
    const around = [namespace, MeshCluster.of(this).rootNamespace].map(each => entries.get(`${each}/`));
    const settings = MeshSettings.of(this);
    if (tracing && tracing.enabled !== false && settings && !settings._traces && !tracing.provider && !around.some(entry => entry?.namesProvider)) {
      throw new MeshError('IM1620', this, {
        problem: `no provider receives the traces: neither ${settings.node.path} nor the Telemetry of the namespace or the mesh names one`,
        next: 'name a provider in `tracing` of MeshSettings, or here: { tracing: { provider: … } }',
      });
    }
  }

  private register(proxies: string, namesProvider: boolean): void {
    const { telemetry: entries } = registryOf(this, MeshRegistry);
    const other = entries.get(proxies);
    if (other) {
      throw new MeshError('IM1614', this, { problem: `${other.by.node.path} is for the same proxies, and Istio would read the older one`, got: proxies, next: 'say everything in one' });
    }
    entries.set(proxies, { by: this, namesProvider });
  }
}
