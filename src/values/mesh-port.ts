import { MutualTls } from './mutual-tls';
import { isDnsLabel } from './names';
import { MeshProtocol } from './protocol';
import { WireProtocol, wireProtocol } from './wire-protocols';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';
import { show } from '../diagnostics/show';
import { validateProps } from '../diagnostics/validate-props';

/** The options of a port, besides its number and protocol. */
export interface MeshPortOptions {
  /**
   * What the port is for: the second part of its name, `<protocol>-<suffix>`.
   *
   * @default - the port is named by its protocol alone
   */
  readonly suffix?: string;

  /**
   * The port that the container listens on.
   *
   * @default - the number of the port
   */
  readonly targetPort?: number;

  /**
   * The name of the container that listens, where a pod has several.
   *
   * @default - the container that declares the target port; the only one, if none does
   */
  readonly container?: string;

  /**
   * The port on every node, for Services of type NodePort and LoadBalancer.
   *
   * @default - Kubernetes chooses one
   */
  readonly nodePort?: number;

  /**
   * Whether the target port takes connections without mutual TLS, where it differs from others of the service.
   *
   * @default - as the service says
   */
  readonly mutualTls?: MutualTls;

  /**
   * Whether clients begin with TLS at once, although the protocol of the port usually begins in plain text: PostgreSQL from 17 on with
   * `sslnegotiation=direct`, NATS with `handshake_first`, SQL Server with `Encrypt=strict`. Without it such a port is refused (IM0114).
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc8314
   */
  readonly implicitTls?: boolean;
}

/**
 * A port of a service: number, protocol and name, in the form from which Istio reads the protocol.
 *
 * The protocol is written twice, in the name (`<protocol>-<suffix>`) and in `appProtocol`: a port of
 * which Istio does not know the protocol loses its routes and HTTP/2 silently.
 *
 * Every factory throws IM0101 (not a port number), IM0102 (a port of Envoy's, 15000 to 15090) and
 * IM0103 (a suffix that cannot be part of a name).
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export class MeshPort {
  /**
   * A port that speaks HTTP/1.1.
   *
   * @param port the number of the Service's port
   */
  public static http(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.HTTP, port, options);
  }

  /**
   * A port that speaks HTTP/2 without TLS.
   *
   * @param port the number of the Service's port
   */
  public static http2(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.HTTP2, port, options);
  }

  /**
   * A port on which the application itself speaks HTTPS. Envoy sees the server name, no paths and no headers.
   *
   * @param port the number of the Service's port
   */
  public static https(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.HTTPS, port, options);
  }

  /**
   * A port that speaks gRPC.
   *
   * @param port the number of the Service's port
   */
  public static grpc(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.GRPC, port, options);
  }

  /**
   * A port that speaks gRPC-Web.
   *
   * @param port the number of the Service's port
   */
  public static grpcWeb(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.GRPC_WEB, port, options);
  }

  /**
   * A port for anything over TCP.
   *
   * @param port the number of the Service's port
   */
  public static tcp(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.TCP, port, options);
  }

  /**
   * A port on which the application itself speaks TLS.
   *
   * @param port the number of the Service's port
   */
  public static tls(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.TLS, port, options);
  }

  /**
   * A port that speaks MongoDB's protocol.
   *
   * @param port the number of the Service's port
   */
  public static mongo(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.MONGO, port, options);
  }

  /**
   * A port that speaks MySQL's protocol.
   *
   * @param port the number of the Service's port
   */
  public static mysql(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.MYSQL, port, options);
  }

  /**
   * A port that speaks Redis' protocol.
   *
   * @param port the number of the Service's port
   */
  public static redis(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.REDIS, port, options);
  }

  /**
   * A port for UDP, which passes by the sidecar: no mutual TLS, no routes, no policy.
   *
   * @param port the number of the Service's port
   */
  public static udp(port: number, options?: MeshPortOptions): MeshPort {
    return new MeshPort(MeshProtocol.UDP, port, options);
  }

  /** The protocol that Istio reads from the port. */
  public readonly protocol: MeshProtocol;
  /** The number of the Service's port: what a client dials. */
  public readonly port: number;
  /** The name of the Service's port, `<protocol>` or `<protocol>-<suffix>`. */
  public readonly name: string;
  /** The port that the container listens on. */
  public readonly targetPort: number;
  /** The name of the container that listens, if it is set. */
  public readonly container?: string;
  /** The port on every node, if it is set. */
  public readonly nodePort?: number;
  /** Whether the target port takes connections without mutual TLS, if it is set. */
  public readonly mutualTls?: MutualTls;

  private constructor(protocol: MeshProtocol, port: number, options: MeshPortOptions = {}) {
    const at = `MeshPort.${protocol.replace('-w', 'W')}(${show(port)})`;
    validateProps('MeshPortOptions', options, at);
    this.protocol = protocol;
    this.port = portNumber(port, at, 'the port');
    this.targetPort = portNumber(options.targetPort ?? port, at, 'the target port');
    this.nodePort = options.nodePort === undefined ? undefined : portNumber(options.nodePort, at, 'the node port');
    this.container = options.container;
    this.mutualTls = options.mutualTls;
    if (this.mutualTls && protocol === MeshProtocol.UDP) {
      throw new MeshError('IM1812', at, { problem: 'UDP passes by the sidecar, and knows no mutual TLS', got: this.mutualTls, next: 'leave the mode out' });
    }
    if (protocol !== MeshProtocol.TLS && options.implicitTls !== undefined) {
      throw new MeshError('IM0114', at, { problem: 'the port has no TLS of the application', got: options.implicitTls, next: 'drop `implicitTls`, or use MeshPort.tls()' });
    }
    this.name = options.suffix === undefined ? protocol : `${protocol}-${options.suffix}`;
    if (options.suffix === '' || !isDnsLabel(this.name)) {
      throw new MeshError('IM0103', at, {
        problem: 'the suffix cannot be part of a port\'s name',
        got: options.suffix,
        allowed: `lower-case letters, digits and dashes; ${protocol}-<suffix> has at most 63 characters`,
      });
    }
    if (protocol === MeshProtocol.TLS && !options.implicitTls) {
      checkTlsBegins(wireProtocol(this), at, port, 'declare it as what it is in plain text, such as MeshPort.tcp(), and let the mesh encrypt');
    }
  }

  /**
   * The port as clients dial it who dial a pod itself: there nothing maps the number to the target port.
   *
   * @internal
   */
  public get _atPods(): MeshPort {
    const { protocol, targetPort, container, mutualTls, name } = this;
    const implicitTls = protocol === MeshProtocol.TLS || undefined; // it was checked
    const suffix = name === protocol ? undefined : name.slice(protocol.length + 1);
    return new MeshPort(protocol, targetPort, { suffix, container, mutualTls, implicitTls });
  }

  /**
   * The transport, as the Service names it.
   *
   * @internal
   */
  public get _transport(): 'TCP' | 'UDP' {
    return this.protocol === MeshProtocol.UDP ? 'UDP' : 'TCP';
  }
}

/** Refuses immediate TLS for a protocol whose clients negotiate it: their first bytes are not a TLS handshake and have no server name. */
export function checkTlsBegins(wire: WireProtocol | undefined, at: Located | string, got: unknown, next: string): void {
  if (wire?.tls === 'negotiated') {
    throw new MeshError('IM0114', at, {
      problem: `clients of ${wire.name} begin in plain text, and agree to TLS later: no TLS begins the connection`,
      got,
      next: `${next}; or say \`implicitTls: true\` where clients do begin with TLS`,
    });
  }
}

/** The number, if it is a port that an application can have. */
export function portNumber(port: unknown, at: Located | string, what: string): number {
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new MeshError('IM0101', at, { problem: `${what} is no port number`, got: port, allowed: 'a whole number from 1 to 65535' });
  }
  if (port >= 15000 && port <= 15090) {
    throw new MeshError('IM0102', at, { problem: `${what} is one of Envoy's own`, got: port, allowed: 'any port but 15000 to 15090' });
  }
  return port;
}
