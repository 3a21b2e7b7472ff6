import { ICallee } from './callee';
import { CallOptions, declareCalls } from './calls';
import { CallerAttributes } from './recorded-calls';
import { validateProps } from '../../diagnostics/validate-props';
import { labels, labelsKey } from '../../values/labels';
import { dnsLabel, dnsName } from '../../values/names';

/** What there is to know of a caller that somebody else deploys. */
export interface CallerIdentityAttributes {
  /** The namespace of its pods. */
  readonly namespace: string;

  /**
   * The ServiceAccount that its pods run as.
   *
   * @default - every identity of the namespace
   */
  readonly serviceAccount?: string;

  /**
   * The root of its identities, where it belongs to another mesh.
   *
   * @default - the trust domain of the cluster
   */
  readonly trustDomain?: string;

  /**
   * Labels of its pods, by which NetworkPolicies let them in.
   *
   * @default - every pod of the namespace, where no ServiceAccount is named; not known otherwise
   */
  readonly podLabels?: { [key: string]: string };
}

/**
 * A caller that somebody else deploys: an identity, or a whole namespace.
 *
 * @see https://istio.io/latest/docs/concepts/security/#istio-identity
 */
export class CallerIdentity {
  /** The caller with these attributes. */
  public static fromAttributes(attributes: CallerIdentityAttributes): CallerIdentity {
    const at = 'CallerIdentity.fromAttributes()';
    const { namespace, serviceAccount, trustDomain, podLabels } = validateProps('CallerIdentityAttributes', attributes, at);
    return new CallerIdentity({
      namespace: dnsLabel(namespace, at, 'the namespace'),
      accounts: serviceAccount === undefined ? undefined : [dnsName(serviceAccount, at, 'the name of the ServiceAccount')],
      trustDomain: trustDomain === undefined ? undefined : dnsName(trustDomain, at, 'the trust domain', 'IM1006'),
      podLabels: podLabels ? { ...labels(podLabels, at) } : serviceAccount === undefined ? {} : undefined,
    });
  }

  private constructor(private readonly facts: CallerAttributes) {}

  /**
   * Declares that the caller calls something. Nothing changes by that alone: it is what least privilege is made from.
   *
   * @param callee the service, the version of one, or the outside host that is called
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    const { namespace, accounts = [], trustDomain = '', podLabels } = this.facts;
    const key = ['identity', trustDomain, namespace, ...accounts, podLabels ? labelsKey(podLabels) : '?'].join('/');
    const name = [namespace, ...accounts].join('/');
    declareCalls({ key, name, facts: () => this.facts }, callee, options, `CallerIdentity ${name}`);
  }
}
