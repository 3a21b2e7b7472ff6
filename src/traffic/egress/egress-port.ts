import { RemoteTls } from './remote-tls';
import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { checkTlsBegins, MeshPort } from '../../values/mesh-port';
import { isHttp, isTls, MeshProtocol } from '../../values/protocol';
import { wireProtocol } from '../../values/wire-protocols';

/** Options of a port of an external host. */
export interface EgressPortOptions {
  /**
   * The port on which the external host listens.
   *
   * @default - the number of the port
   */
  readonly targetPort?: number;

  /**
   * Whether clients start with TLS at once, although the protocol of the port usually starts in plain text: PostgreSQL 17 and later with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Otherwise such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/** Options of `EgressPort.originateTls`. */
export interface OriginateTlsOptions {
  /** The port that callers dial, without TLS. */
  readonly port: number;

  /**
   * The port on which the external host listens with TLS.
   *
   * @default 443
   */
  readonly targetPort?: number;

  /**
   * The protocol that callers use inside TLS. TLS inside TLS is refused (IM1501).
   *
   * @default MeshProtocol.HTTP
   */
  readonly protocol?: MeshProtocol;

  /**
   * The TLS settings of the origination, at the caller's sidecar or at the egress gateway.
   *
   * @default RemoteTls.simple()
   */
  readonly tls?: RemoteTls;
}

/**
 * A port of an external host, and its protocol.
 *
 * Every factory throws IM0101 (not a port number) and IM0102 (a port of Envoy's, 15000 to 15090).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class EgressPort {
  /**
   * Plain HTTP/1.1.
   *
   * @param port the number that callers dial
   */
  public static http(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTP, port, options);
  }

  /**
   * Plain HTTP/2.
   *
   * @param port the number that callers dial
   */
  public static http2(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTP2, port, options);
  }

  /**
   * Plain gRPC.
   *
   * @param port the number that callers dial
   */
  public static grpc(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.GRPC, port, options);
  }

  /**
   * HTTPS of the callers themselves. Envoy forwards it unchanged, by SNI.
   *
   * @param port the number that callers dial
   */
  public static https(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTPS, port, options);
  }

  /**
   * TLS of the callers themselves, with any protocol inside. Envoy forwards it unchanged, by SNI.
   *
   * @param port the number that callers dial
   */
  public static tls(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.TLS, port, options);
  }

  /**
   * Plain TCP. Istio identifies the host by its IP address only: set the `addresses` of the route, or `dnsCapture` for callers.
   *
   * @param port the number that callers dial
   */
  public static tcp(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.TCP, port, options);
  }

  /**
   * TLS origination: callers connect without TLS, and their sidecar or the egress gateway starts TLS.
   *
   * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
   */
  public static originateTls(options: OriginateTlsOptions): EgressPort {
    const at = `EgressPort.originateTls(${show(options?.port)})`;
    const { port, targetPort = 443, protocol: speaks = MeshProtocol.HTTP, tls = RemoteTls.simple() } = validateProps('OriginateTlsOptions', options, at);
    if (isTls(speaks) || speaks === MeshProtocol.UDP) {
      throw new MeshError('IM1501', at, {
        problem: isTls(speaks) ? 'callers already use TLS, so the external host would receive TLS inside TLS' : 'UDP bypasses the sidecar, so it cannot originate TLS',
        got: speaks,
        allowed: 'a protocol without TLS, such as http, grpc or tcp',
        ...isTls(speaks) ? { next: 'use EgressPort.https() or EgressPort.tls(), which forward the TLS of the caller' } : {},
      });
    }
    const meshPort = numbered(speaks, port, targetPort);
    const wire = wireProtocol(meshPort);
    if (wire?.tls === 'negotiated') {
      throw new MeshError('IM0114', at, {
        problem: `${wire.name} starts in plain text and negotiates TLS later, so its servers do not accept TLS at once`,
        got: targetPort,
        next: 'use EgressPort.tcp(), in which client and server negotiate TLS',
      });
    }
    return new EgressPort(meshPort, tls);
  }

  private static plain(protocol: MeshProtocol, port: number, options: EgressPortOptions = {}): EgressPort {
    const at = `EgressPort.${protocol}(${show(port)})`;
    const { targetPort, implicitTls } = validateProps('EgressPortOptions', options, at);
    if (protocol !== MeshProtocol.TLS && implicitTls !== undefined) {
      throw new MeshError('IM0114', at, { problem: '`implicitTls` is only for ports of EgressPort.tls()', got: implicitTls, next: 'drop `implicitTls`, or use EgressPort.tls()' });
    }
    const meshPort = numbered(protocol, port, targetPort);
    if (protocol === MeshProtocol.TLS && !implicitTls) {
      checkTlsBegins(wireProtocol(meshPort), at, port, 'use EgressPort.tcp(), in which client and server negotiate TLS');
    }
    return new EgressPort(meshPort);
  }

  /** The protocol that callers use. */
  public readonly protocol: MeshProtocol;
  /** The number that callers dial. */
  public readonly port: number;
  /** The port on which the external host listens. */
  public readonly targetPort: number;
  /** The TLS settings of the origination, if TLS is originated. */
  public readonly remoteTls?: RemoteTls;

  private constructor(
    /**
     * The port as callers see it.
     *
     * @internal
     */
    public readonly _meshPort: MeshPort,
    tls?: RemoteTls,
  ) {
    this.protocol = _meshPort.protocol;
    this.port = _meshPort.port;
    this.targetPort = _meshPort.targetPort;
    this.remoteTls = tls;
  }

  /**
   * How Envoy identifies the host: by request, by SNI, or by address only.
   *
   * @internal
   */
  public get _kind(): 'http' | 'tls' | 'tcp' {
    return isHttp(this.protocol) ? 'http' : isTls(this.protocol) ? 'tls' : 'tcp';
  }
}

/** The port as callers see it. Its name contains the number, because a host can have several ports of one protocol. */
function numbered(protocol: MeshProtocol, port: number, targetPort?: number): MeshPort {
  const options = { suffix: String(port), targetPort };
  switch (protocol) {
    case MeshProtocol.HTTP: return MeshPort.http(port, options);
    case MeshProtocol.HTTP2: return MeshPort.http2(port, options);
    case MeshProtocol.GRPC: return MeshPort.grpc(port, options);
    case MeshProtocol.GRPC_WEB: return MeshPort.grpcWeb(port, options);
    case MeshProtocol.HTTPS: return MeshPort.https(port, options);
    case MeshProtocol.TLS: return MeshPort.tls(port, { ...options, implicitTls: true }); // checked above
    case MeshProtocol.MONGO: return MeshPort.mongo(port, options);
    case MeshProtocol.MYSQL: return MeshPort.mysql(port, options);
    case MeshProtocol.REDIS: return MeshPort.redis(port, options);
    default: return MeshPort.tcp(port, options);
  }
}
