import { MeshError } from '../diagnostics/mesh-error';

/** A version of TLS. Those before 1.2 have known weaknesses. */
export enum TlsVersion {
  /** TLS 1.0. */
  V1_0 = 'V1_0',
  /** TLS 1.1. */
  V1_1 = 'V1_1',
  /** TLS 1.2. */
  V1_2 = 'V1_2',
  /** TLS 1.3. */
  V1_3 = 'V1_3',
}

/** A cipher suite of TLS up to 1.2. Those of TLS 1.3 cannot be chosen in Envoy. */
export enum CipherSuite {
  /** For certificates with ECDSA keys. */
  ECDHE_ECDSA_AES128_GCM_SHA256 = 'ECDHE_ECDSA_AES128_GCM_SHA256',
  /** For certificates with RSA keys. */
  ECDHE_RSA_AES128_GCM_SHA256 = 'ECDHE_RSA_AES128_GCM_SHA256',
  /** For certificates with ECDSA keys. */
  ECDHE_ECDSA_AES256_GCM_SHA384 = 'ECDHE_ECDSA_AES256_GCM_SHA384',
  /** For certificates with RSA keys. */
  ECDHE_RSA_AES256_GCM_SHA384 = 'ECDHE_RSA_AES256_GCM_SHA384',
  /** For certificates with ECDSA keys. */
  ECDHE_ECDSA_CHACHA20_POLY1305 = 'ECDHE_ECDSA_CHACHA20_POLY1305',
  /** For certificates with RSA keys. */
  ECDHE_RSA_CHACHA20_POLY1305 = 'ECDHE_RSA_CHACHA20_POLY1305',
  /** For certificates with ECDSA keys and old clients: TLS 1.0 and 1.1 know it. */
  ECDHE_ECDSA_AES128_SHA = 'ECDHE_ECDSA_AES128_SHA',
  /** For certificates with RSA keys and old clients: TLS 1.0 and 1.1 know it. */
  ECDHE_RSA_AES128_SHA = 'ECDHE_RSA_AES128_SHA',
  /** For certificates with ECDSA keys and old clients: TLS 1.0 and 1.1 know it. */
  ECDHE_ECDSA_AES256_SHA = 'ECDHE_ECDSA_AES256_SHA',
  /** For certificates with RSA keys and old clients: TLS 1.0 and 1.1 know it. */
  ECDHE_RSA_AES256_SHA = 'ECDHE_RSA_AES256_SHA',
  /** Without forward secrecy, for certificates with RSA keys. */
  AES128_GCM_SHA256 = 'AES128_GCM_SHA256',
  /** Without forward secrecy, for certificates with RSA keys. */
  AES256_GCM_SHA384 = 'AES256_GCM_SHA384',
  /** Without forward secrecy, for certificates with RSA keys and old clients: TLS 1.0 and 1.1 know it. */
  AES128_SHA = 'AES128_SHA',
  /** Without forward secrecy, for certificates with RSA keys and old clients: TLS 1.0 and 1.1 know it. */
  AES256_SHA = 'AES256_SHA',
  /** Broken, for certificates with RSA keys and the oldest of clients. */
  DES_CBC3_SHA = 'DES_CBC3_SHA',
}

/** What of TLS a server agrees to. */
export interface TlsParameters {
  /**
   * The oldest version of TLS that is accepted. One before 1.2 needs `cipherSuites` that it knows.
   *
   * @default TlsVersion.V1_2 - or what the mesh config says
   */
  readonly minProtocolVersion?: TlsVersion;

  /**
   * The newest version of TLS that is accepted.
   *
   * @default TlsVersion.V1_3
   */
  readonly maxProtocolVersion?: TlsVersion;

  /**
   * The cipher suites that are agreed to, the preferred one first. TLS 1.3 does not choose among them.
   *
   * @default - Envoy's own list, all with forward secrecy
   */
  readonly cipherSuites?: CipherSuite[];
}

/** The parameters, if Envoy would use them all: it leaves out what does not fit silently. */
export function tlsParameters({ minProtocolVersion, maxProtocolVersion, cipherSuites }: TlsParameters, at: string): TlsParameters {
  const refuse = (problem: string, got: unknown, next: string) => {
    throw new MeshError('IM1350', at, { problem, got, next });
  };
  const [min, max] = [minProtocolVersion ?? TlsVersion.V1_2, maxProtocolVersion ?? TlsVersion.V1_3];
  if (min > max) {
    refuse(`the oldest version is ${version(min)} and the newest is ${version(max)}`, [minProtocolVersion ?? 'none', max], 'name an older `minProtocolVersion`, or a newer `maxProtocolVersion`');
  }
  if (cipherSuites?.length === 0) {
    refuse('the list of cipher suites is empty, and Envoy\'s own would be used', cipherSuites, 'name cipher suites, or leave `cipherSuites` out');
  }
  if (cipherSuites && new Set(cipherSuites).size < cipherSuites.length) {
    refuse('a cipher suite is listed twice', cipherSuites, 'name each once');
  }
  if (cipherSuites && min === TlsVersion.V1_3) {
    refuse('cipher suites cannot be chosen in TLS 1.3, and no older version is accepted', cipherSuites, 'drop `cipherSuites`');
  }
  if (min < TlsVersion.V1_2 && !cipherSuites?.some(suite => suite.endsWith('_SHA'))) {
    refuse(`no cipher suite is one that ${version(min)} knows`, cipherSuites ?? 'none', 'name one that ends with _SHA among `cipherSuites`, or leave old clients behind');
  }
  return { minProtocolVersion, maxProtocolVersion, cipherSuites };
}

function version(of: TlsVersion): string {
  return `TLS ${of.slice(1).replace('_', '.')}`;
}
