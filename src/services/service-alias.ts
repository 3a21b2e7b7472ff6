import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { declareAlias } from './aliases';
import { Callee, ICallee } from './calls/callee';
import { IMeshService } from './mesh-service-base';
import { instanceOf, validateProps } from '../diagnostics/validate-props';
import { MeshCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { owned } from '../kernel/owned-objects';
import { sameCluster } from '../kernel/same-cluster';
import { uniqueId } from '../kernel/unique-id';
import { serviceName } from '../values/names';

/** Properties of a `ServiceAlias`. */
export interface ServiceAliasProps {
  /**
   * The name of the alias, which clients dial.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The service behind the alias. */
  readonly target: IMeshService;
}

/**
 * A second name for a service, possibly in another namespace: a Service of type ExternalName.
 *
 * Sidecars treat requests for the alias as requests for the service: same routes, same policy, same mutual TLS. Callers of the service may dial its aliases, also under
 * `LeastPrivilege`; `web.calls(alias)` is `web.calls(service)`.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/
 */
export class ServiceAlias extends Construct implements ICallee {
  /** The name that clients in the alias' namespace dial. */
  public readonly aliasName: string;
  private readonly target: IMeshService;

  constructor(scope: Construct, id: string, props: ServiceAliasProps) {
    super(scope, uniqueId(scope, id));
    validateProps('ServiceAliasProps', props, this);
    instanceOf('MeshServiceBase', props.target, this, 'target');
    sameCluster(this, props.target);
    this.aliasName = serviceName(props.name ?? id, this);
    this.target = props.target;
    const namespace = namespaceOf(this);
    declareAlias(this, props.target.host, `${this.aliasName}.${namespace}.svc.${MeshCluster.of(this).clusterDomain}`);
    new k8s.KubeService(this, owned(this, 'Resource'), {
      metadata: { name: this.aliasName, namespace },
      spec: { type: 'ExternalName', externalName: props.target.host },
    });
  }

  /** The service as the argument for `calls`. A call of the alias is a call of the service. */
  public toCallee(): Callee {
    return this.target.toCallee();
  }
}
