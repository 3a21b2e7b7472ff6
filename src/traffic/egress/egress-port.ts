import { RemoteTls } from './remote-tls';
import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { checkTlsBegins, MeshPort } from '../../values/mesh-port';
import { isHttp, isTls, MeshProtocol } from '../../values/protocol';
import { wireProtocol } from '../../values/wire-protocols';

/** What may be said of a port of an outside host besides its number. */
export interface EgressPortOptions {
  /**
   * The port that the outside machine listens on.
   *
   * @default - the number of the port
   */
  readonly targetPort?: number;

  /**
   * Whether clients begin with TLS at once, although the protocol of the port usually begins in clear text: PostgreSQL from 17 on with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Without it such a port is refused (IM0114).
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
   * The port that the outside machine listens on, with TLS.
   *
   * @default 443
   */
  readonly targetPort?: number;

  /**
   * What callers speak inside. TLS inside TLS is refused (IM1501).
   *
   * @default MeshProtocol.HTTP
   */
  readonly protocol?: MeshProtocol;

  /**
   * The TLS that begins on the way: at the caller's sidecar, or at the egress gateway.
   *
   * @default RemoteTls.simple()
   */
  readonly tls?: RemoteTls;
}

/**
 * A port of a host outside of the mesh, and how it is spoken to.
 *
 * Every factory throws IM0101 (not a port number) and IM0102 (a port of Envoy's, 15000 to 15090).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class EgressPort {
  /**
   * A port that speaks HTTP/1.1 in clear text.
   *
   * @param port the number that callers dial
   */
  public static http(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTP, port, options);
  }

  /**
   * A port that speaks HTTP/2 in clear text.
   *
   * @param port the number that callers dial
   */
  public static http2(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTP2, port, options);
  }

  /**
   * A port that speaks gRPC in clear text.
   *
   * @param port the number that callers dial
   */
  public static grpc(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.GRPC, port, options);
  }

  /**
   * A port to which callers speak HTTPS themselves: handed on as it is, by the server name that they ask for.
   *
   * @param port the number that callers dial
   */
  public static https(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.HTTPS, port, options);
  }

  /**
   * A port to which callers speak TLS themselves, whatever is inside: handed on as it is, by the server name that they ask for.
   *
   * @param port the number that callers dial
   */
  public static tls(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.TLS, port, options);
  }

  /**
   * A port for anything over TCP. Istio tells its host from others by address alone: give the route `addresses`, or callers DNS capture.
   *
   * @param port the number that callers dial
   */
  public static tcp(port: number, options?: EgressPortOptions): EgressPort {
    return EgressPort.plain(MeshProtocol.TCP, port, options);
  }

  /**
   * A port that callers dial without TLS, and to which TLS begins on the way out.
   *
   * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
   */
  public static originateTls(options: OriginateTlsOptions): EgressPort {
    const at = `EgressPort.originateTls(${show(options?.port)})`;
    const { port, targetPort = 443, protocol: speaks = MeshProtocol.HTTP, tls = RemoteTls.simple() } = validateProps('OriginateTlsOptions', options, at);
    if (isTls(speaks) || speaks === MeshProtocol.UDP) {
      throw new MeshError('IM1501', at, {
        problem: isTls(speaks) ? 'callers speak TLS already: the outside machine would get TLS inside TLS' : 'UDP passes by the sidecar, which could begin no TLS',
        got: speaks,
        allowed: 'what callers speak in clear text, such as http, grpc or tcp',
        ...isTls(speaks) ? { next: 'use EgressPort.https() or EgressPort.tls(), which hand on the TLS of the caller' } : {},
      });
    }
    const meshPort = numbered(speaks, port, targetPort);
    const wire = wireProtocol(meshPort);
    if (wire?.tls === 'negotiated') {
      throw new MeshError('IM0114', at, {
        problem: `servers of ${wire.name} begin in clear text, and agree to TLS later: they do not answer one that begins with it`,
        got: targetPort,
        next: 'use EgressPort.tcp(), inside of which client and server agree to TLS',
      });
    }
    return new EgressPort(meshPort, tls);
  }

  private static plain(protocol: MeshProtocol, port: number, options: EgressPortOptions = {}): EgressPort {
    const at = `EgressPort.${protocol}(${show(port)})`;
    const { targetPort, implicitTls } = validateProps('EgressPortOptions', options, at);
    if (protocol !== MeshProtocol.TLS && implicitTls !== undefined) {
      throw new MeshError('IM0114', at, { problem: 'callers speak no TLS of an unknown protocol at the port', got: implicitTls, next: 'drop `implicitTls`, or use EgressPort.tls()' });
    }
    const meshPort = numbered(protocol, port, targetPort);
    if (protocol === MeshProtocol.TLS && !implicitTls) {
      checkTlsBegins(wireProtocol(meshPort), at, port, 'use EgressPort.tcp(), inside of which client and server agree to TLS');
    }
    return new EgressPort(meshPort);
  }

  /** What callers speak. */
  public readonly protocol: MeshProtocol;
  /** The number that callers dial. */
  public readonly port: number;
  /** The port that the outside machine listens on. */
  public readonly targetPort: number;
  /** The TLS that begins on the way, where it does. */
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
   * What Envoy can tell hosts apart by: requests, server names, or addresses alone.
   *
   * @internal
   */
  public get _kind(): 'http' | 'tls' | 'tcp' {
    return isHttp(this.protocol) ? 'http' : isTls(this.protocol) ? 'tls' : 'tcp';
  }
}

/** Named by its number, since a host may have several of one protocol. */
function numbered(protocol: MeshProtocol, port: number, targetPort?: number): MeshPort {
  const options = { suffix: String(port), targetPort };
  switch (protocol) {
    case MeshProtocol.HTTP: return MeshPort.http(port, options);
    case MeshProtocol.HTTP2: return MeshPort.http2(port, options);
    case MeshProtocol.GRPC: return MeshPort.grpc(port, options);
    case MeshProtocol.GRPC_WEB: return MeshPort.grpcWeb(port, options);
    case MeshProtocol.HTTPS: return MeshPort.https(port, options);
    case MeshProtocol.TLS: return MeshPort.tls(port, { ...options, implicitTls: true }); // what callers speak was checked
    case MeshProtocol.MONGO: return MeshPort.mongo(port, options);
    case MeshProtocol.MYSQL: return MeshPort.mysql(port, options);
    case MeshProtocol.REDIS: return MeshPort.redis(port, options);
    default: return MeshPort.tcp(port, options);
  }
}
