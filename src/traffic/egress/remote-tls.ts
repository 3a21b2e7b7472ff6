import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { isPattern } from '../../values/host';
import { isDnsName } from '../../values/names';

const TlsMode = networking.DestinationRuleSpecTrafficPolicyTlsMode;

/** Options of `RemoteTls.simple`. */
export interface RemoteTlsOptions {
  /**
   * The file in the caller's sidecar with the CA certificates that verify the server.
   *
   * @default /etc/ssl/certs/ca-certificates.crt - the public CAs in the proxy's image
   */
  readonly caCertificates?: string;
}

/** Options of `RemoteTls.mutual`. */
export interface MutualTlsFiles {
  /** The file in the caller's sidecar with the client certificate. */
  readonly certificate: string;

  /** The file in the caller's sidecar with the key of the client certificate. */
  readonly privateKey: string;

  /**
   * The file in the caller's sidecar with the CA certificates that verify the server.
   *
   * @default /etc/ssl/certs/ca-certificates.crt - the public CAs in the proxy's image
   */
  readonly caCertificates?: string;
}

/** The public CAs in the images of Istio's proxy. They are set explicitly, because releases before 1.24 verify nothing otherwise. */
const PUBLIC_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The client TLS settings of TLS origination, to an external host or to the gateway of another cluster.
 *
 * The server certificate must be valid for the host that is called.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 */
export class RemoteTls {
  /** SIMPLE: TLS without a client certificate. */
  public static simple(options: RemoteTlsOptions = {}): RemoteTls {
    const at = 'RemoteTls.simple()';
    const { caCertificates = PUBLIC_AUTHORITIES } = validateProps('RemoteTlsOptions', options, at);
    return new RemoteTls({ mode: TlsMode.SIMPLE, caCertificates: file(caCertificates, at) });
  }

  /**
   * MUTUAL: TLS with a client certificate from files. The files are mounted into the sidecar by the annotations
   * `sidecar.istio.io/userVolume` and `sidecar.istio.io/userVolumeMount` of the calling pods.
   */
  public static mutual(files: MutualTlsFiles): RemoteTls {
    const at = 'RemoteTls.mutual()';
    const { certificate, privateKey, caCertificates = PUBLIC_AUTHORITIES } = validateProps('MutualTlsFiles', files, at);
    return new RemoteTls({
      mode: TlsMode.MUTUAL,
      clientCertificate: file(certificate, at),
      privateKey: file(privateKey, at),
      caCertificates: file(caCertificates, at),
    });
  }

  /**
   * MUTUAL: TLS with a client certificate from a Secret with `tls.crt`, `tls.key`, and `ca.crt` for the CA that verifies the
   * server. For egress routes.
   *
   * If an egress gateway originates TLS, the Secret is in the namespace of the gateway's pods. If sidecars originate TLS, the Secret is in
   * the namespace of the services that declare a call to the route, and is mounted into their sidecars only.
   *
   * @param secret the name of the Secret (IM1312)
   */
  public static mutualSecret(secret: string): RemoteTls {
    if (!isDnsName(secret)) {
      throw new MeshError('IM1312', 'RemoteTls.mutualSecret()', { problem: 'the credential is not a valid name of a Secret', got: secret, allowed: 'a DNS name, without a namespace' });
    }
    return new RemoteTls({ mode: TlsMode.SIMPLE, caCertificates: PUBLIC_AUTHORITIES }, secret);
  }

  private constructor(
    private readonly settings: networking.DestinationRuleSpecTrafficPolicyTls,
    /**
     * The Secret with certificate and key.
     *
     * @internal
     */
    public readonly _secret?: string,
  ) {}

  /**
   * The settings for one host. The host is the SNI and the name that is verified. For a wildcard, the name is that of
   * the request.
   *
   * @internal
   */
  public _toIstio(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return { ...this.settings, ...namesOf(host) };
  }

  /**
   * The settings if a sidecar originates TLS. Without the folder in which the Secret is mounted, no client certificate is sent, and the server
   * refuses the connection.
   *
   * @internal
   */
  public _atSidecar(host: string, folder?: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return folder === undefined ? this._toIstio(host) : {
      mode: TlsMode.MUTUAL,
      clientCertificate: `${folder}/tls.crt`,
      privateKey: `${folder}/tls.key`,
      caCertificates: `${folder}/ca.crt`,
      ...namesOf(host),
    };
  }

  /**
   * The settings if a gateway originates TLS. It gets the Secret from istiod.
   *
   * @internal
   */
  public _atGateway(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return this._secret === undefined ? this._toIstio(host) : { mode: TlsMode.MUTUAL, credentialName: this._secret, ...namesOf(host) };
  }
}

/** The SNI, and the names that the server certificate must have. */
function namesOf(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
  return isPattern(host) ? {} : { sni: host, subjectAltNames: [host] };
}

function file(path: string, at: string): string {
  if (!path.startsWith('/')) {
    throw new MeshError('IM1322', at, { problem: 'the text is not an absolute path of a file', got: path, allowed: 'a path that starts with a slash' });
  }
  return path;
}
