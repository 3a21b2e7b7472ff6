import { IConstruct } from 'constructs';
import { FieldOwnership } from './field-ownership';
import { MutualTls } from '../values/mutual-tls';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';
import { SidecarInjection } from '../values/sidecar-injection';

/** The settings of a namespace that one construct declares. */
export interface NamespaceConfig {
  readonly injection?: SidecarInjection;
  readonly mutualTls?: MutualTls;
  readonly outbound?: OutboundTrafficPolicy;
  readonly dnsCapture?: boolean;
  /** Whether the namespace is part of Istio's ambient mode. */
  readonly ambient?: boolean;
}

/**
 * A namespace of a cluster. Several constructs, in any chart, can declare its settings. The settings are complete at synthesis.
 */
export class KnownNamespace {
  private readonly claims: FieldOwnership<string | boolean>;
  private mode: MutualTls | undefined;
  /** Constructs that wait for the mode. */
  private waiting: ((mode: MutualTls) => void)[] = [];
  private stated: SidecarInjection | undefined;
  private guard: IConstruct | undefined;
  private declared = false;

  public constructor(public readonly name: string, public readonly isRoot: boolean) {
    this.claims = new FieldOwnership(`namespace ${name}`, 'IM1116');
  }

  /** Declares settings. A setting that contradicts an earlier one is refused (IM1116). */
  public state({ injection, mutualTls, outbound, dnsCapture, ambient }: NamespaceConfig, source: IConstruct): void {
    const settings = { 'injection': injection?._name, 'mutual TLS': mutualTls, 'outbound traffic': outbound, 'DNS capture': dnsCapture, 'ambient mode': ambient };
    Object.entries(settings).forEach(([name, value]) => value !== undefined && this.claims.set(name, value, source));
    this.declared = true;
    this.stated = this.stated ?? injection;
    if (mutualTls && !this.mode) {
      const { waiting } = this;
      this.mode = mutualTls;
      this.waiting = [];
      waiting.forEach(listener => listener(mutualTls));
    }
  }

  /** Whether pods get a sidecar and from which istiod, if a construct declares it. */
  public get injection(): SidecarInjection | undefined {
    return this.stated;
  }

  /** Whether pods get a sidecar. By default they do, except in the root namespace. */
  public get hasSidecars(): boolean {
    return this.stated?.injects ?? !this.isRoot;
  }

  /** The mode of mutual TLS, if a construct declares it. */
  public get mutualTls(): MutualTls | undefined {
    return this.mode;
  }

  /** The outbound traffic policy of sidecars, if a construct declares it. */
  public get outbound(): OutboundTrafficPolicy | undefined {
    return this.claims.get('outbound traffic') as OutboundTrafficPolicy | undefined;
  }

  /** Whether sidecars answer DNS queries, if a construct declares it. */
  public get dnsCapture(): boolean | undefined {
    return this.claims.get('DNS capture') as boolean | undefined;
  }

  /** Whether the namespace is part of Istio's ambient mode. */
  public get isAmbient(): boolean {
    return this.claims.get('ambient mode') === true;
  }

  /** Whether a construct declares or describes the namespace without its injection. A later construct can declare it. */
  public get isOpen(): boolean {
    return this.declared && this.stated === undefined;
  }

  /** Whether a construct declares or describes the namespace. */
  public get isDeclared(): boolean {
    return this.declared;
  }

  /** The construct that declares the injection, for messages. */
  public get injectionSource(): IConstruct | undefined {
    return this.claims.sourceOf('injection');
  }

  /** The construct that declares a setting, for messages. */
  public sourceOf(setting: 'mutual TLS' | 'outbound traffic'): IConstruct | undefined {
    return this.claims.sourceOf(setting);
  }

  /** The construct that refuses undeclared calls for every pod of the namespace. */
  public get guardedBy(): IConstruct | undefined {
    return this.guard;
  }

  /** Marks the namespace as guarded for every pod. */
  public guardBy(source: IConstruct): void {
    this.guard = source;
  }

  /** Calls the listener with the mode of mutual TLS, now or when a construct declares it. */
  public onMutualTls(listener: (mode: MutualTls) => void): void {
    if (this.mode) {
      listener(this.mode);
    } else {
      this.waiting.push(listener);
    }
  }
}
