import { Chart, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { checkAtSynthesis } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { isCertified } from '../servers/certificate-names';
import { GatewayServer } from '../servers/gateway-server';
import { ShownCertificate } from '../servers/gateway-tls';
import { CertificateTerms } from '../servers/issued-certificate';

class CredentialRegistry {
  /** Certificates by the namespace and name of their Secret. Written by servers of gateways. Complete at synthesis. */
  public readonly secrets = new Map<string, Credential>();
}

/** Registers the Secrets with the certificates of a server and with the CAs for client certificates. */
export function showCertificates(gateway: Construct, namespace: string, server: GatewayServer): void {
  const shown = server._tls?._shown;
  shown?.credentialNames.forEach((name, i) => {
    const known = registryOf(gateway, CredentialRegistry).secrets.get(`${namespace}/${name}`) ?? new Credential(namespace, name);
    // Only the first of two certificates can be issued or have known names; the second one has the other key type.
    known.use(gateway, server.hosts, i === 0 ? shown : { credentialNames: [name] });
    registryOf(gateway, CredentialRegistry).secrets.set(`${namespace}/${name}`, known);
  });
  if (shown?.authority) {
    const { kind, namespace: where, name } = shown.authority._reference(namespace);
    MeshCluster.of(gateway)._refersTo(kind, where, name, gateway);
  }
}

/** A setting of a certificate, and the gateway that sets it. */
interface Setting<T> {
  readonly value: T;
  readonly by: Construct;
}

/** A Secret with a certificate: an existing one, or one issued by cert-manager for all hosts of the servers that use it. */
class Credential {
  private readonly hosts = new Set<string>();
  private names?: Setting<string[]>;
  private terms?: Setting<CertificateTerms>;

  public constructor(private readonly namespace: string, private readonly name: string) {}

  public use(gateway: Construct, hosts: string[], { dnsNames, terms }: ShownCertificate): void {
    this.agrees('names', this.names, dnsNames && { value: [...dnsNames].sort(), by: gateway });
    this.agrees('terms', this.terms, terms && { value: terms, by: gateway });
    const names = this.names ?? (dnsNames && { value: [...dnsNames].sort(), by: gateway });
    // Of hosts for which the same names were checked before, there may be thousands.
    const isChecked = names === this.names && (names ?? this.terms) !== undefined;
    this.checkNames(isChecked ? hosts : [...this.hosts, ...hosts], names?.value, (this.terms ?? terms) !== undefined, gateway);
    this.names = names;
    hosts.forEach(host => this.hosts.add(host));
    MeshCluster.of(gateway)._refersTo('Secret', this.namespace, this.name, gateway, () => this.terms !== undefined);
    if (terms && !this.terms) {
      this.terms = { value: terms, by: gateway };
      this.issue(terms, gateway);
    }
  }

  private issue({ issuerRef: { kind, name } }: CertificateTerms, gateway: Construct): void {
    MeshCluster.of(gateway)._refersTo(kind!, kind!.endsWith('ClusterIssuer') ? undefined : this.namespace, name, gateway);
    // The scope below a MeshNamespace only takes objects of that namespace.
    const scope = namespaceOf(gateway) === this.namespace ? gateway : gateway.node.scopes.filter(Chart.isChart).pop() ?? gateway;
    new certmanager.Certificate(scope as Construct, `Certificate.${this.namespace}.${this.name}`, {
      metadata: { name: this.name, namespace: this.namespace },
      spec: Lazy.any({ produce: () => this._render() }),
    });
    checkAtSynthesis(scope, () => this.checkCommonName(gateway));
  }

  /** Public CAs require the common name among the DNS names. Runs at synthesis, because more servers can be added. */
  private checkCommonName(gateway: Construct): string[] {
    const { commonName, dnsNames = [] } = this._render();
    return commonName === undefined || dnsNames.includes(commonName) ? [] : [new MeshError('IM1357', gateway, {
      problem: `the common name of the certificate ${this.name} is not among its DNS names`, got: commonName, allowed: dnsNames.join(', '),
    }).message];
  }

  private agrees<T>(what: string, known: Setting<T> | undefined, given: Setting<T> | undefined): void {
    if (known && given && JSON.stringify(known.value) !== JSON.stringify(given.value)) {
      throw new MeshError('IM1358', given.by, {
        problem: `the certificate ${this.name} has other ${what} in ${known.by.node.path}`, got: given.value, allowed: JSON.stringify(known.value),
      });
    }
  }

  /** Clients refuse a certificate that is not valid for the host they call. An issued one is for all hosts, and never for `*` alone. */
  private checkNames(hosts: string[], names: string[] | undefined, isIssued: boolean, gateway: Construct): void {
    const certified = new Set(names);
    const uncovered = hosts.find(host => (names ? !isCertified(certified, host) : isIssued && host === '*'));
    if (uncovered !== undefined) {
      const allowed = names ?? [...new Set([...this.hosts, ...hosts])].filter(host => host !== '*');
      throw new MeshError('IM1351', gateway, {
        problem: `the certificate ${this.name} is not valid for ${uncovered}`, got: uncovered, allowed: allowed.join(', ') || 'hosts of a certificate: `*` alone is not one',
      });
    }
  }

  /** @internal */
  public _render(): certmanager.CertificateSpec {
    return { secretName: this.name, dnsNames: this.names?.value ?? [...this.hosts].sort(), ...this.terms!.value };
  }
}
