import { IConstruct } from 'constructs';
import { FieldOwnership } from './field-ownership';
import { ObservableList } from './observable-list';
import { MutualTls } from '../values/mutual-tls';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';
import { SidecarInjection } from '../values/sidecar-injection';

/** What one construct states about a namespace. A field that is not set states nothing. */
export interface NamespaceConfig {
  readonly injection?: SidecarInjection;
  readonly mutualTls?: MutualTls;
  readonly outbound?: OutboundTrafficPolicy;
  readonly dnsCapture?: boolean;
  /** Whether the namespace is part of Istio's ambient mode. */
  readonly ambient?: boolean;
}

/**
 * What a cluster knows of the namespace of one name. Several constructs, in any chart, may state facts about it. The answers are complete at
 * synthesis.
 */
export class KnownNamespace {
  private readonly claims: FieldOwnership<string | boolean>;
  private readonly modes = new ObservableList<MutualTls>();
  private stated: SidecarInjection | undefined;
  private guard: IConstruct | undefined;
  private declared = false;

  public constructor(public readonly name: string, public readonly isRoot: boolean) {
    this.claims = new FieldOwnership(`namespace ${name}`, 'IM1116');
  }

  /** States facts. A fact that contradicts an earlier one is refused (IM1116). */
  public state({ injection, mutualTls, outbound, dnsCapture, ambient }: NamespaceConfig, source: IConstruct): void {
    const facts = { 'injection': injection?._name, 'mutual TLS': mutualTls, 'outbound traffic': outbound, 'DNS capture': dnsCapture, 'ambient mode': ambient };
    Object.entries(facts).forEach(([name, value]) => value !== undefined && this.claims.set(name, value, source));
    this.declared = true;
    this.stated = this.stated ?? injection;
    if (mutualTls && this.modes.all.length === 0) {
      this.modes.add(mutualTls);
    }
  }

  /** Whether pods get a sidecar from which istiod, where a construct states it. */
  public get injection(): SidecarInjection | undefined {
    return this.stated;
  }

  /** Whether pods get a sidecar. Where no construct states it, they do, except in the root namespace. */
  public get hasSidecars(): boolean {
    return this.stated?.injects ?? !this.isRoot;
  }

  /** The mode of mutual TLS, where a construct states it. */
  public get mutualTls(): MutualTls | undefined {
    return this.modes.all[0];
  }

  /** What sidecars let out, where a construct states it. */
  public get outbound(): OutboundTrafficPolicy | undefined {
    return this.claims.get('outbound traffic') as OutboundTrafficPolicy | undefined;
  }

  /** Whether sidecars answer DNS queries, where a construct states it. */
  public get dnsCapture(): boolean | undefined {
    return this.claims.get('DNS capture') as boolean | undefined;
  }

  /** Whether the namespace is part of Istio's ambient mode. */
  public get isAmbient(): boolean {
    return this.claims.get('ambient mode') === true;
  }

  /** Whether a construct stands for the namespace, here or elsewhere, and none states its injection yet: a later one may. */
  public get isOpen(): boolean {
    return this.declared && this.stated === undefined;
  }

  /** Whether a construct stands for the namespace, made here or elsewhere. */
  public get isDeclared(): boolean {
    return this.declared;
  }

  /** The construct that states the injection, for messages. */
  public get injectionSource(): IConstruct | undefined {
    return this.claims.sourceOf('injection');
  }

  /** The construct that states a fact, for messages. */
  public sourceOf(fact: 'mutual TLS' | 'outbound traffic'): IConstruct | undefined {
    return this.claims.sourceOf(fact);
  }

  /** The construct that refuses undeclared calls for every pod of the namespace. */
  public get guardedBy(): IConstruct | undefined {
    return this.guard;
  }

  /** Marks the namespace as guarded for every pod. */
  public guardBy(source: IConstruct): void {
    this.guard = source;
  }

  /** Calls the listener with the mode of mutual TLS, now or when a construct states it. */
  public onMutualTls(listener: (mode: MutualTls) => void): void {
    this.modes.each(listener);
  }
}
