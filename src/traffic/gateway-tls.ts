import * as networking from '../../imports/networking.istio.io';
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
    return new GatewayTls(secretName(credentialName, 'GatewayTls.simple()'), networking.GatewaySpecServersTlsMode.SIMPLE);
  }

  /**
   * The server shows a certificate and asks for one.
   *
   * @param credentialName the Secret with certificate, key and the authority of the clients' certificates (`ca.crt`), in the namespace
   * of the gateway's pods; anything that is no Secret's name is refused (IM1312)
   */
  public static mutual(credentialName: string): GatewayTls {
    return new GatewayTls(secretName(credentialName, 'GatewayTls.mutual()'), networking.GatewaySpecServersTlsMode.MUTUAL);
  }

  private constructor(
    /** The Secret with certificate and key. */ public readonly credentialName: string,
    private readonly mode: networking.GatewaySpecServersTlsMode,
  ) {}

  /** @internal */
  public _toIstio(): networking.GatewaySpecServersTls {
    return { mode: this.mode, credentialName: this.credentialName };
  }
}

function secretName(name: string, at: string): string {
  if (!isDnsName(name)) {
    throw new MeshError('IM1312', at, { problem: 'the credential is no name of a Secret', got: name, allowed: 'a DNS name, without a namespace' });
  }
  return name;
}
