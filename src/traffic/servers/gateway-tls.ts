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

/** The certificates of a server, and the CAs for its clients, that are in Secrets and ConfigMaps. */
export interface ShownCertificate {
  readonly credentialNames: string[];
  readonly dnsNames?: string[];
  readonly terms?: CertificateTerms;
  readonly authority?: ClientAuthority;
}

/** The releases of Istio that introduced a field. */
const INTRODUCED_IN: [keyof networking.GatewaySpecServersTls, string, IstioRelease][] = [
  ['credentialNames', '`secondCredentialName`', IstioRelease.V1_26],
  ['tlsCertificates', '`secondCertificate`', IstioRelease.V1_26],
  ['caCertCredentialName', '`clientAuthority`', IstioRelease.V1_28],
  ['insecureSkipVerify', '`insecureSkipVerify`', IstioRelease.V1_31],
];

/**
 * The TLS settings of a gateway server that terminates TLS.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 */
export class GatewayTls {
  /**
   * SIMPLE: the server presents a certificate, and does not request client certificates.
   *
   * @param credentialName the Secret with certificate and key, in the namespace of the gateway's pods (IM1312)
   */
  public static simple(credentialName: string, options: SimpleTlsOptions = {}): GatewayTls {
    const at = 'GatewayTls.simple()';
    return GatewayTls.fromSecret(Mode.SIMPLE, credentialName, validateProps('SimpleTlsOptions', options, at), {}, at);
  }

  /**
   * MUTUAL: the server presents a certificate and requires a client certificate.
   *
   * @param credentialName the Secret with certificate, key and, without `clientAuthority`, the CA certificates for
   * clients (`ca.crt`), in the namespace of the gateway's pods (IM1312)
   */
  public static mutual(credentialName: string, options: MutualTlsOptions = {}): GatewayTls {
    return GatewayTls.mutualFrom(Mode.MUTUAL, credentialName, options, 'GatewayTls.mutual()');
  }

  /**
   * OPTIONAL_MUTUAL: the server presents a certificate and requests a client certificate, but also accepts clients without one.
   *
   * @param credentialName the Secret with certificate, key and, without `clientAuthority`, the CA certificates for
   * clients (`ca.crt`), in the namespace of the gateway's pods (IM1312)
   */
  public static optionalMutual(credentialName: string, options: MutualTlsOptions = {}): GatewayTls {
    return GatewayTls.mutualFrom(Mode.OPTIONAL_UNDERSCORE_MUTUAL, credentialName, options, 'GatewayTls.optionalMutual()');
  }

  /** The server presents a certificate from a file in the gateway's pods. */
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

  /** ISTIO_MUTUAL: mutual TLS of the mesh, for callers with a sidecar, for example at an egress gateway. */
  public static istioMutual(options: IstioMutualTlsOptions = {}): GatewayTls {
    const at = 'GatewayTls.istioMutual()';
    const { subjectAltNames } = validateProps('IstioMutualTlsOptions', options, at);
    return new GatewayTls({ credentialNames: [] }, { mode: Mode.ISTIO_UNDERSCORE_MUTUAL, subjectAltNames: names(subjectAltNames, at) });
  }

  private static mutualFrom(mode: networking.GatewaySpecServersTlsMode, name: string, options: MutualTlsOptions, at: string): GatewayTls {
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
      throw new MeshError('IM1312', at, { problem: 'both certificates are in the same Secret', got: name, next: 'name the Secret with the other key type' });
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

  /** The name of the Secret with certificate and key, if the certificate is in a Secret. */
  public readonly credentialName?: string;

  private constructor(private readonly shown: ShownCertificate, private readonly settings: networking.GatewaySpecServersTls) {
    this.credentialName = shown.credentialNames[0];
  }

  /**
   * The certificates of the server and the CAs for its clients.
   *
   * @internal
   */
  public get _shown(): ShownCertificate {
    return this.shown;
  }

  /**
   * A key for the requirements on client certificates: equal for servers with equal requirements, undefined if none is required.
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
   * Refuses settings that the Istio release does not support.
   *
   * @internal
   */
  public _check(gateway: IConstruct): void {
    const written = this._toIstio('');
    INTRODUCED_IN.filter(([field]) => written[field] !== undefined).forEach(([, what, release]) => needsIstio(gateway, release, what));
  }

  /**
   * @param namespace the namespace of the gateway's pods
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

/** Returns the names, if a certificate can have them. `*` alone is not valid. */
function certified(dnsNames: string[], at: string): string[] {
  if (dnsNames.length === 0 || dnsNames.includes('*')) {
    throw new MeshError('IM1351', at, { problem: '`dnsNames` is empty or contains `*`', got: dnsNames, allowed: 'DNS names, and *. before a DNS name' });
  }
  return dnsNames.map(name => hostPattern(name, at));
}

function names(given: string[] | undefined, at: string): string[] | undefined {
  if (given && (given.length === 0 || given.includes(''))) {
    throw new MeshError('IM1355', at, { problem: '`subjectAltNames` is empty or contains an empty name', got: given, allowed: 'full names, or leave the option out' });
  }
  return given && [...given];
}

/** Refuses invalid digests, for which Envoy rejects the whole listener. */
function digests(given: string[] | undefined, form: RegExp, allowed: string, at: string): string[] | undefined {
  const wrong = given?.find(digest => !form.test(digest));
  if (wrong !== undefined || given?.length === 0) {
    throw new MeshError('IM1355', at, { problem: 'the text is not a SHA-256 digest', got: wrong ?? given, allowed });
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
    throw new MeshError('IM1359', at, { problem: 'the text is not an absolute path of a file', got: path, allowed: 'a path that starts with a slash' });
  }
  return path;
}
