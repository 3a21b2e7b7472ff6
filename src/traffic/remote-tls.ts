import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';

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
  /**
   * The far gateway shows a certificate and asks for none.
   *
   * @throws IM1322 on a file that is no path
   */
  public static simple(options: RemoteTlsOptions = {}): RemoteTls {
    const at = 'RemoteTls.simple()';
    const { caCertificates = PUBLIC_AUTHORITIES } = shaped('RemoteTlsOptions', options, at);
    return new RemoteTls({ mode: networking.DestinationRuleSpecTrafficPolicyTlsMode.SIMPLE, caCertificates: file(caCertificates, at) });
  }

  /**
   * The far gateway shows a certificate and asks for one. The files are mounted into the sidecar by the annotations
   * `sidecar.istio.io/userVolume` and `sidecar.istio.io/userVolumeMount` of the calling pods.
   *
   * @throws IM1322 on a file that is no path
   */
  public static mutual(files: MutualTlsFiles): RemoteTls {
    const at = 'RemoteTls.mutual()';
    const { certificate, privateKey, caCertificates = PUBLIC_AUTHORITIES } = shaped('MutualTlsFiles', files, at);
    return new RemoteTls({
      mode: networking.DestinationRuleSpecTrafficPolicyTlsMode.MUTUAL,
      clientCertificate: file(certificate, at),
      privateKey: file(privateKey, at),
      caCertificates: file(caCertificates, at),
    });
  }

  private constructor(private readonly settings: networking.DestinationRuleSpecTrafficPolicyTls) {}

  /**
   * The settings for one host, by whose name the far gateway chooses its certificate and we check it.
   *
   * @internal
   */
  public _toIstio(host: string): networking.DestinationRuleSpecTrafficPolicyTls {
    return { ...this.settings, sni: host, subjectAltNames: [host] };
  }
}

function file(path: string, at: string): string {
  if (!path.startsWith('/')) {
    throw new MeshError('IM1322', at, { problem: 'not the path of a file', got: path, allowed: 'a path from its slash' });
  }
  return path;
}
