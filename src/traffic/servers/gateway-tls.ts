import { IConstruct } from 'constructs';
import { ClientAuthority } from './client-authority';
import { credential } from './credential';
import {
  ClientCertificateFiles, FilesTlsOptions, IstioMutualTlsOptions, MutualTlsOptions, SecretTlsOptions, SimpleTlsOptions, TlsCertificateFiles,
} from './gateway-tls-options';
import { certificateTerms, CertificateTerms } from './issued-certificate';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { needsIstio } from '../../kernel/needs-istio';
import { hostPattern } from '../../values/host';
import { IstioRelease } from '../../values/release';
import { TlsParameters, tlsParameters } from '../../values/tls';

const Mode = networking.GatewaySpecServersTlsMode;

/** What a server shows and asks for, as far as it is in Secrets and ConfigMaps. */
export interface ShownCertificate {
  readonly credentialNames: string[];
  readonly dnsNames?: string[];
  readonly terms?: CertificateTerms;
  readonly authority?: ClientAuthority;
}

/** What later releases of Istio came with, by the field. */
const CAME_WITH: [keyof networking.GatewaySpecServersTls, string, IstioRelease][] = [
  ['credentialNames', '`secondCredentialName`', IstioRelease.V1_26],
  ['tlsCertificates', '`secondCertificate`', IstioRelease.V1_26],
  ['caCertCredentialName', '`clientAuthority`', IstioRelease.V1_28],
  ['insecureSkipVerify', '`insecureSkipVerify`', IstioRelease.V1_31],
];

/**
 * How a gateway's server ends TLS.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 */
export class GatewayTls {
  /**
   * The server shows a certificate and asks for none.
   *
   * @param credentialName the Secret with certificate and key, in the namespace of the gateway's pods; anything
   * that is no Secret's name is refused (IM1312)
   */
  public static simple(credentialName: string, options: SimpleTlsOptions = {}): GatewayTls {
    const at = 'GatewayTls.simple()';
    return GatewayTls.fromSecret(Mode.SIMPLE, credentialName, validateProps('SimpleTlsOptions', options, at), {}, at);
  }

  /**
   * The server shows a certificate and asks for one.
   *
   * @param credentialName the Secret with certificate, key and, unless they are elsewhere, the authorities of the clients'
   * certificates (`ca.crt`), in the namespace of the gateway's pods; anything that is no Secret's name is refused (IM1312)
   */
  public static mutual(credentialName: string, options: MutualTlsOptions = {}): GatewayTls {
    return GatewayTls.asking(Mode.MUTUAL, credentialName, options, 'GatewayTls.mutual()');
  }

  /**
   * The server shows a certificate and asks for one, and takes clients that have none as well.
   *
   * @param credentialName the Secret with certificate, key and, unless they are elsewhere, the authorities of the clients'
   * certificates (`ca.crt`), in the namespace of the gateway's pods; anything that is no Secret's name is refused (IM1312)
   */
  public static optionalMutual(credentialName: string, options: MutualTlsOptions = {}): GatewayTls {
    return GatewayTls.asking(Mode.OPTIONAL_UNDERSCORE_MUTUAL, credentialName, options, 'GatewayTls.optionalMutual()');
  }

  /** The server shows a certificate that is a file in the gateway's pods. */
  public static files(options: FilesTlsOptions): GatewayTls {
    const at = 'GatewayTls.files()';
    const { serverCertificate, privateKey, secondCertificate, clients, ...parameters } = validateProps('FilesTlsOptions', options, at);
    const first = files({ serverCertificate, privateKey }, at);
    const mode = clients === undefined ? Mode.SIMPLE : clients.optional ? Mode.OPTIONAL_UNDERSCORE_MUTUAL : Mode.MUTUAL;
    return new GatewayTls({ credentialNames: [] }, {
      mode,
      ...secondCertificate ? { tlsCertificates: [first, files(secondCertificate, at)] } : first,
      ...clients && askedByFiles(clients, at),
      ...rendered(parameters, at),
    });
  }

  /** The server shows the gateway's identity in the mesh, and asks for one: for callers with a sidecar, as at an egress gateway. */
  public static istioMutual(options: IstioMutualTlsOptions = {}): GatewayTls {
    const at = 'GatewayTls.istioMutual()';
    const { subjectAltNames } = validateProps('IstioMutualTlsOptions', options, at);
    return new GatewayTls({ credentialNames: [] }, { mode: Mode.ISTIO_UNDERSCORE_MUTUAL, subjectAltNames: names(subjectAltNames, at) });
  }

  private static asking(mode: networking.GatewaySpecServersTlsMode, name: string, options: MutualTlsOptions, at: string): GatewayTls {
    const {
      clientAuthority, subjectAltNames, verifyCertificateHash, verifyCertificateSpki, insecureSkipVerify, ...shown
    } = validateProps('MutualTlsOptions', options, at);
    return GatewayTls.fromSecret(mode, name, shown, {
      subjectAltNames: names(subjectAltNames, at),
      verifyCertificateHash: digests(verifyCertificateHash, /^([0-9a-f]{2}:){31}[0-9a-f]{2}$|^[0-9a-f]{64}$/i, '64 hexadecimal digits, with or without colons', at),
      verifyCertificateSpki: digests(verifyCertificateSpki, /^[A-Za-z0-9+/]{43}=$/, '32 bytes in Base64, 44 characters', at),
      insecureSkipVerify: insecureSkipVerify || undefined,
    }, at, clientAuthority);
  }

  private static fromSecret(
    mode: networking.GatewaySpecServersTlsMode, name: string, options: SecretTlsOptions,
    asked: networking.GatewaySpecServersTls, at: string, authority?: ClientAuthority,
  ): GatewayTls {
    const { dnsNames, secondCredentialName, certificate, ...parameters } = options;
    const credentialNames = [name, ...secondCredentialName === undefined ? [] : [secondCredentialName]].map(each => credential(each, at));
    if (name === secondCredentialName) {
      throw new MeshError('IM1312', at, { problem: 'the two certificates are in one Secret', got: name, next: 'name the Secret with the other kind of key' });
    }
    const terms = certificate && certificateTerms(certificate, at);
    const shown = { credentialNames, dnsNames: dnsNames && certified(dnsNames, at), terms, authority };
    return new GatewayTls(shown, {
      mode,
      ...credentialNames.length === 1 ? { credentialName: name } : { credentialNames },
      ...asked,
      ...rendered(parameters, at),
    });
  }

  /** The Secret with certificate and key, where it is one. */
  public readonly credentialName?: string;

  private constructor(private readonly shown: ShownCertificate, private readonly settings: networking.GatewaySpecServersTls) {
    this.credentialName = shown.credentialNames[0];
  }

  /**
   * What the server shows, and by what it knows clients.
   *
   * @internal
   */
  public get _shown(): ShownCertificate {
    return this.shown;
  }

  /**
   * What a client has to show, as a text that is the same for those who ask the same; nothing where one without a certificate is taken.
   *
   * @internal
   */
  public get _demand(): string | undefined {
    const {
      mode, credentialName, credentialNames, caCertCredentialName, caCertificates, caCrl, subjectAltNames, verifyCertificateHash,
      verifyCertificateSpki, insecureSkipVerify,
    } = this._toIstio('');
    const authority = caCertCredentialName ?? caCertificates ?? credentialName ?? credentialNames;
    return mode === Mode.MUTUAL || mode === Mode.ISTIO_UNDERSCORE_MUTUAL
      ? JSON.stringify([mode, authority, caCrl, subjectAltNames, verifyCertificateHash, verifyCertificateSpki, insecureSkipVerify])
      : undefined;
  }

  /**
   * Refuses settings that the release of Istio does not have.
   *
   * @internal
   */
  public _check(gateway: IConstruct): void {
    const written = this._toIstio('');
    CAME_WITH.filter(([field]) => written[field] !== undefined).forEach(([, what, release]) => needsIstio(gateway, release, what));
  }

  /**
   * @param namespace that of the gateway's pods
   * @internal
   */
  public _toIstio(namespace: string): networking.GatewaySpecServersTls {
    const { authority } = this.shown;
    return { ...this.settings, ...authority && { caCertCredentialName: authority._toIstio(namespace) } };
  }
}

function rendered(parameters: TlsParameters, at: string): networking.GatewaySpecServersTls {
  const { minProtocolVersion, maxProtocolVersion, cipherSuites } = tlsParameters(parameters, at);
  return {
    minProtocolVersion: minProtocolVersion && `TLS${minProtocolVersion}` as networking.GatewaySpecServersTlsMinProtocolVersion,
    maxProtocolVersion: maxProtocolVersion && `TLS${maxProtocolVersion}` as networking.GatewaySpecServersTlsMaxProtocolVersion,
    cipherSuites: cipherSuites?.map(suite => suite.replace(/_/g, '-')),
  };
}

/** The names, if a certificate can be for them: a star alone is none. */
function certified(dnsNames: string[], at: string): string[] {
  if (dnsNames.length === 0 || dnsNames.includes('*')) {
    throw new MeshError('IM1351', at, { problem: 'no certificate is good for no name at all, or for any', got: dnsNames, allowed: 'DNS names, and *. before a DNS name' });
  }
  return dnsNames.map(name => hostPattern(name, at));
}

function names(given: string[] | undefined, at: string): string[] | undefined {
  if (given && (given.length === 0 || given.includes(''))) {
    throw new MeshError('IM1355', at, { problem: 'no certificate has an empty name', got: given, allowed: 'names in full, or none said' });
  }
  return given && [...given];
}

/** Envoy refuses the whole listener for one digest that is none. */
function digests(given: string[] | undefined, form: RegExp, allowed: string, at: string): string[] | undefined {
  const wrong = given?.find(digest => !form.test(digest));
  if (wrong !== undefined || given?.length === 0) {
    throw new MeshError('IM1355', at, { problem: 'this is no digest of SHA-256', got: wrong ?? given, allowed });
  }
  return given && [...given];
}

function files({ serverCertificate, privateKey }: TlsCertificateFiles, at: string): TlsCertificateFiles {
  return { serverCertificate: file(serverCertificate, at), privateKey: file(privateKey, at) };
}

function askedByFiles(clients: ClientCertificateFiles, at: string): networking.GatewaySpecServersTls {
  const { caCertificates, caCrl, subjectAltNames, insecureSkipVerify } = clients;
  return {
    caCertificates: file(caCertificates, at),
    caCrl: caCrl === undefined ? undefined : file(caCrl, at),
    subjectAltNames: names(subjectAltNames, at),
    insecureSkipVerify: insecureSkipVerify || undefined,
  };
}

function file(path: string, at: string): string {
  if (!path.startsWith('/')) {
    throw new MeshError('IM1359', at, { problem: 'not the path of a file', got: path, allowed: 'a path from its slash' });
  }
  return path;
}
