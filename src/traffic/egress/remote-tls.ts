import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { isPattern } from '../../values/host';
import { isDnsName } from '../../values/names';

const TlsMode = networking.DestinationRuleSpecTrafficPolicyTlsMode;

/** Options of `RemoteTls.simple`. */
export interface RemoteTlsOptions {
  /**
   * The file in the caller's sidecar with the authorities that the far certificate may be signed by.
   *
   * @default /etc/ssl/certs/ca-certificates.crt - the public authorities that the proxy's image knows
   */
  readonly caCertificates?: string;
}

/** Options of `RemoteTls.mutual`. */
export interface MutualTlsFiles {
  /** The file in the caller's sidecar with its certificate. */
  readonly certificate: string;

  /** The file in the caller's sidecar with the key of its certificate. */
  readonly privateKey: string;

  /**
   * The file in the caller's sidecar with the authorities that the far certificate may be signed by.
   *
   * @default /etc/ssl/certs/ca-certificates.crt - the public authorities that the proxy's image knows
   */
  readonly caCertificates?: string;
}

/** Where the images of Istio's proxy have the public authorities. Said, since releases before 1.24 check nothing otherwise. */
const PUBLIC_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The TLS that a caller's sidecar begins to the gateway of another cluster.
 *
 * The far certificate has to be good for the host that is called.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 */
export class RemoteTls {
  /** The far gateway shows a certificate and asks for none. */
  public static simple(options: RemoteTlsOptions = {}): RemoteTls {
    const at = 'RemoteTls.simple()';
    const { caCertificates = PUBLIC_AUTHORITIES } = validateProps('RemoteTlsOptions', options, at);
    return new RemoteTls({ mode: TlsMode.SIMPLE, caCertificates: file(caCertificates, at) });
  }

  /**
   * The far gateway shows a certificate and asks for one. The files are mounted into the sidecar by the annotations
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
   * The far side shows a certificate and asks for one: that of a Secret with `tls.crt`, `tls.key`, and with `ca.crt` for the authority of
   * the far certificate. For routes out of the mesh.
   *
   * Where TLS begins at an egress gateway, the Secret is in the namespace of the gateway's pods. Where it begins at the sidecar, it is in
   * the namespace of the services that declare to call the route, and mounted into their sidecars alone.
   *
   * @param secret the name of the Secret; anything that is none is refused (IM1312)
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
   * The settings for one host, by whose name the far gateway chooses its certificate and we check it. Of a whole domain the name is that of
   * the request.
   *
   * @internal
   */
  public _toIstio(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return { ...this.settings, ...namesOf(host) };
  }

  /**
   * The settings where TLS begins at a sidecar. Without the folder into which the Secret is mounted no certificate is shown, and the far
   * side refuses.
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
   * The settings where TLS begins at a gateway, which asks istiod for the Secret.
   *
   * @internal
   */
  public _atGateway(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return this._secret === undefined ? this._toIstio(host) : { mode: TlsMode.MUTUAL, credentialName: this._secret, ...namesOf(host) };
  }
}

/** What the far side is asked for, and has to prove. */
function namesOf(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
  return isPattern(host) ? {} : { sni: host, subjectAltNames: [host] };
}

function file(path: string, at: string): string {
  if (!path.startsWith('/')) {
    throw new MeshError('IM1322', at, { problem: 'the text is not an absolute path of a file', got: path, allowed: 'a path that starts with a slash' });
  }
  return path;
}
