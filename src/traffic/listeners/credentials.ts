import { Chart, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import * as certmanager from '../../../imports/cert-manager.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshCluster, perCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { certifies } from '../servers/certificate-names';
import { GatewayServer } from '../servers/gateway-server';
import { ShownCertificate } from '../servers/gateway-tls';
import { CertificateTerms } from '../servers/issued-certificate';

/** The Secrets with certificates of servers, by namespace and name. */
const secrets = perCluster(() => new Map<string, Credential>());

/** Enters the certificates that a server shows, and the authorities that it knows clients by. */
export function showCertificates(gateway: Construct, namespace: string, server: GatewayServer): void {
  const shown = server._tls?._shown;
  shown?.credentialNames.forEach((name, i) => {
    const known = secrets(gateway).get(`${namespace}/${name}`) ?? new Credential(namespace, name);
    // A certificate is issued, or its names are known, for the first of two; the other one is for the other kind of key.
    known.use(gateway, server.hosts, i === 0 ? shown : { credentialNames: [name] });
    secrets(gateway).set(`${namespace}/${name}`, known);
  });
  if (shown?.authority) {
    const { kind, namespace: where, name } = shown.authority._reference(namespace);
    MeshCluster.of(gateway)._refersTo(kind, where, name, gateway);
  }
}

/** A fact about a certificate, and the gateway for which it was said. */
interface Said<T> {
  readonly value: T;
  readonly by: Construct;
}

/** A Secret with a certificate: made elsewhere, or by cert-manager for all the hosts that are served with it. */
class Credential {
  private hosts = new Set<string>();
  private names?: Said<string[]>;
  private terms?: Said<CertificateTerms>;

  public constructor(private readonly namespace: string, private readonly name: string) {}

  public use(gateway: Construct, hosts: string[], { dnsNames, terms }: ShownCertificate): void {
    this.agrees('names', this.names, dnsNames && { value: [...dnsNames].sort(), by: gateway });
    this.agrees('terms', this.terms, terms && { value: terms, by: gateway });
    const names = this.names ?? (dnsNames && { value: [...dnsNames].sort(), by: gateway });
    const all = new Set([...this.hosts, ...hosts]);
    this.checkNames(names?.value ?? (this.terms ?? terms ? [...all].filter(host => host !== '*') : undefined), all, gateway);
    [this.names, this.hosts] = [names, all];
    MeshCluster.of(gateway)._refersTo('Secret', this.namespace, this.name, gateway, () => this.terms !== undefined);
    if (terms && !this.terms) {
      this.terms = { value: terms, by: gateway };
      this.issue(terms, gateway);
    }
  }

  private issue({ issuerRef: { kind, name } }: CertificateTerms, gateway: Construct): void {
    MeshCluster.of(gateway)._refersTo(kind!, kind!.endsWith('ClusterIssuer') ? undefined : this.namespace, name, gateway);
    // Below a MeshNamespace stands only what is in it.
    const scope = namespaceOf(gateway) === this.namespace ? gateway : gateway.node.scopes.filter(Chart.isChart).pop() ?? gateway;
    new certmanager.Certificate(scope as Construct, `Certificate.${this.namespace}.${this.name}`, {
      metadata: { name: this.name, namespace: this.namespace },
      spec: Lazy.any({ produce: () => this._render() }),
    });
    scope.node.addValidation({ validate: () => this.checkCommonName(gateway) });
  }

  /** Public authorities want the common name among the others. Servers with further hosts may still come. */
  private checkCommonName(gateway: Construct): string[] {
    const { commonName, dnsNames = [] } = this._render();
    return commonName === undefined || dnsNames.includes(commonName) ? [] : [new MeshError('IM1357', gateway, {
      problem: `the common name of the certificate ${this.name} is none of its names`, got: commonName, allowed: dnsNames.join(', '),
    }).message];
  }

  private agrees<T>(what: string, known: Said<T> | undefined, said: Said<T> | undefined): void {
    if (known && said && JSON.stringify(known.value) !== JSON.stringify(said.value)) {
      throw new MeshError('IM1358', said.by, {
        problem: `the certificate ${this.name} has other ${what} where ${known.by.node.path} shows it`, got: said.value, allowed: JSON.stringify(known.value),
      });
    }
  }

  /** Clients refuse a certificate that is for other names than the one they called. */
  private checkNames(names: string[] | undefined, hosts: Set<string>, gateway: Construct): void {
    const uncovered = [...hosts].find(host => names && !names.some(name => certifies(name, host)));
    if (uncovered !== undefined) {
      throw new MeshError('IM1351', gateway, {
        problem: `the certificate ${this.name} is not good for ${uncovered}`, got: uncovered, allowed: names!.join(', ') || 'hosts that a certificate can be for: a star alone is none',
      });
    }
  }

  /** @internal */
  public _render(): certmanager.CertificateSpec {
    return { secretName: this.name, dnsNames: this.names?.value ?? [...this.hosts].sort(), ...this.terms!.value };
  }
}
