import { ICallee } from './callee';
import { Caller } from './caller';
import { CallOptions, declareCalls } from './calls';
import { validateProps } from '../../diagnostics/validate-props';
import { labels, labelsKey } from '../../values/labels';
import { dnsLabel, dnsName } from '../../values/names';
import { Workload } from '../workloads/workload';

/** Attributes of a caller that another team deploys. */
export interface CallerIdentityAttributes {
  /** The namespace of its pods. */
  readonly namespace: string;

  /**
   * The ServiceAccount of its pods.
   *
   * @default - every identity of the namespace
   */
  readonly serviceAccount?: string;

  /**
   * The trust domain of its identities, if it belongs to another mesh.
   *
   * @default - the trust domain of the cluster
   */
  readonly trustDomain?: string;

  /**
   * The labels by which NetworkPolicies select its pods.
   *
   * @default - every pod of the namespace without a `serviceAccount`; otherwise unknown
   */
  readonly podLabels?: { [key: string]: string };
}

/**
 * A caller that another team deploys: an identity, or a whole namespace.
 *
 * @see https://istio.io/latest/docs/concepts/security/#istio-identity
 */
export class CallerIdentity {
  /** The caller with these attributes. */
  public static fromAttributes(attributes: CallerIdentityAttributes): CallerIdentity {
    const at = 'CallerIdentity.fromAttributes()';
    const { namespace, serviceAccount, trustDomain, podLabels } = validateProps('CallerIdentityAttributes', attributes, at);
    const name = dnsLabel(namespace, at, 'the namespace');
    const account = serviceAccount === undefined ? undefined : dnsName(serviceAccount, at, 'the name of the ServiceAccount');
    const known = podLabels ? { ...labels(podLabels, at) } : serviceAccount === undefined ? {} : undefined;
    return new CallerIdentity(new Workload({
      name: account ?? name,
      namespace: name,
      trustDomain: trustDomain === undefined ? undefined : dnsName(trustDomain, at, 'the trust domain', 'IM1006'),
      labels: known,
      versions: [{ labels: known ?? {}, account }],
      // Another mesh has identities only for pods with a sidecar.
      sidecar: trustDomain === undefined ? undefined : () => true,
    }), account);
  }

  private constructor(private readonly workload: Workload, private readonly account?: string) {}

  /**
   * Declares a call. The declaration alone changes nothing: `LeastPrivilege` and egress routes use it.
   *
   * @param callee a service, a version of a service, or a host outside of the mesh
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    const { namespace, trustDomain = '' } = this.workload;
    const accounts = this.account === undefined ? [] : [this.account];
    const podLabels = this.workload.podLabels();
    const key = ['identity', trustDomain, namespace, ...accounts, podLabels ? labelsKey(podLabels) : '?'].join('/');
    const name = [namespace, ...accounts].join('/');
    declareCalls(new Caller({ key, name, workload: () => this.workload }), callee, options, `CallerIdentity ${name}`);
  }
}
