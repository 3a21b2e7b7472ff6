import { MeshError } from '../diagnostics/mesh-error';
import { isDnsName } from '../values/names';

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
  public static simple(credentialName: string): GatewayTls {
    if (!isDnsName(credentialName)) {
      throw new MeshError('IM1312', 'GatewayTls.simple()', { problem: 'the credential is no name of a Secret', got: credentialName, allowed: 'a DNS name, without a namespace' });
    }
    return new GatewayTls(credentialName);
  }

  private constructor(/** The Secret with certificate and key. */ public readonly credentialName: string) {}
}
