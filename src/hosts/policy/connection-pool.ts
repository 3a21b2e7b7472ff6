import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration, istioDurationOrNone } from '../../values/istio-duration';
import { LARGEST_SIGNED, wholeNumber } from '../../values/whole-number';

type Http = networking.DestinationRuleSpecTrafficPolicyConnectionPoolHttp;
type Tcp = networking.DestinationRuleSpecTrafficPolicyConnectionPoolTcp;

/** Whether the proxy upgrades HTTP/1.1 requests to HTTP/2. */
export enum H2UpgradePolicy {
  /** Requests are not upgraded, even if the mesh config upgrades them. */
  DO_NOT_UPGRADE = 'DO_NOT_UPGRADE',
  /**
   * Requests are upgraded to HTTP/2. The sidecar of the service passes them to its application in the protocol of the port; without a sidecar, the application receives HTTP/2.
   * WebSockets fail with the status 503, because HTTP/2 has no upgrade mechanism: leave out ports that carry them.
   */
  UPGRADE = 'UPGRADE',
}

/** TCP keepalive: how the kernel detects that the peer of an idle connection is gone. Settings that are left out keep the kernel's defaults. */
export interface TcpKeepalive {
  /**
   * The number of unanswered probes after which the connection is closed, 127 at most.
   *
   * @default - 9 on Linux
   */
  readonly probes?: number;

  /**
   * How long a connection is idle before the first probe, in whole seconds, 32767 seconds at most.
   *
   * @default - 2 hours on Linux
   */
  readonly time?: Duration;

  /**
   * The interval between probes, in whole seconds, 32767 seconds at most.
   *
   * @default - 75 seconds on Linux
   */
  readonly interval?: Duration;
}

/** HTTP/2 keepalive: how a proxy detects with PING frames that the peer of a connection is gone. */
export interface Http2KeepAlive {
  /** The interval between PING frames. */
  readonly interval: Duration;

  /** How long to wait for the response to a PING. */
  readonly timeout: Duration;
}

/**
 * Limits on the connections and requests of one proxy to a host. The proxy rejects what exceeds them: requests receive the status 503.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export interface ConnectionPool {
  /**
   * The maximum number of connections. HTTP/2 needs only one for all requests.
   *
   * @default - practically unlimited
   */
  readonly maxConnections?: number;

  /**
   * The timeout for opening a connection.
   *
   * @default - 10 seconds
   */
  readonly connectTimeout?: Duration;

  /**
   * The maximum lifetime of a connection. For TCP ports, only for the whole service (IM1660).
   *
   * @default - no limit
   */
  readonly maxConnectionDuration?: Duration;

  /**
   * How long a connection without any bytes is kept; `Duration.seconds(0)` keeps it forever. It also applies to HTTP connections if
   * `httpIdleTimeout` is not set. For TCP ports, only for the whole service (IM1660).
   *
   * @default - 1 hour
   */
  readonly tcpIdleTimeout?: Duration;

  /**
   * TCP keepalive: how the kernel detects that the peer is gone.
   *
   * @default - no probes are sent
   */
  readonly tcpKeepalive?: TcpKeepalive;

  /**
   * The maximum number of requests that wait for a connection, for HTTP/1.1 and HTTP/2.
   *
   * @default - practically unlimited
   */
  readonly http1MaxPendingRequests?: number;

  /**
   * The maximum number of active requests, for HTTP/1.1 and HTTP/2.
   *
   * @default - practically unlimited
   */
  readonly http2MaxRequests?: number;

  /**
   * The maximum number of requests on one connection. After them, the connection is closed.
   *
   * @default - no limit
   */
  readonly maxRequestsPerConnection?: number;

  /**
   * The maximum number of active retries.
   *
   * @default - practically unlimited
   */
  readonly maxRetries?: number;

  /**
   * How long a connection without active requests is kept.
   *
   * @default - 1 hour
   */
  readonly httpIdleTimeout?: Duration;

  /**
   * Whether the proxy upgrades HTTP/1.1 requests to HTTP/2. Excludes `useClientProtocol`.
   *
   * @default - the setting of the mesh config
   */
  readonly h2UpgradePolicy?: H2UpgradePolicy;

  /**
   * Whether the proxy forwards requests in the HTTP version in which they arrive.
   *
   * @default false
   */
  readonly useClientProtocol?: boolean;

  /**
   * The maximum number of concurrent requests on one HTTP/2 connection. For ports of HTTP/2, or upgraded to it (IM1634).
   *
   * @default - the limit of the peer
   */
  readonly maxConcurrentStreams?: number;

  /**
   * HTTP/2 keepalive: how a proxy detects that the peer of a connection is gone. For ports of HTTP/2, or upgraded to it (IM1634).
   * Needs Istio 1.31 (IM1338).
   *
   * @default - no PING frames are sent
   */
  readonly http2KeepAlive?: Http2KeepAlive;
}

/** The limits that apply to HTTP only. */
export const HTTP_LIMITS = [
  'http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries', 'httpIdleTimeout', 'h2UpgradePolicy', 'useClientProtocol',
  'maxConcurrentStreams', 'http2KeepAlive',
] as const;

/** The TCP limits that Envoy applies in the listener, before it chooses a pod. */
export const OF_LISTENERS = ['tcpIdleTimeout', 'maxConnectionDuration'] as const;

type Count = 'maxConnections' | 'http1MaxPendingRequests' | 'http2MaxRequests' | 'maxRequestsPerConnection' | 'maxRetries' | 'maxConcurrentStreams';

/** The maximum that Envoy accepts. */
const MOST_PER_CONNECTION = 2 ** 29;

/** The maxima of Linux for TCP_KEEPIDLE and TCP_KEEPINTVL, in seconds, and for TCP_KEEPCNT. */
const LONGEST_KEEPALIVE = 32767;
const MOST_PROBES = 127;

/** Renders the limits as `connectionPool` of a DestinationRule. */
export function renderLimits(limits: ConnectionPool, at: Located): networking.DestinationRuleSpecTrafficPolicyConnectionPool {
  if (Object.values(limits).every(value => value === undefined)) {
    throw new MeshError('IM1519', at, { problem: '`connectionPool` sets no limit', got: limits, allowed: 'at least one limit', next: 'leave `connectionPool` out' });
  }
  const count = (name: Count, most = LARGEST_SIGNED) => wholeNumber(limits[name], [1, most], 'IM1519', at, name);
  const { connectTimeout, maxConnectionDuration, tcpIdleTimeout, tcpKeepalive } = limits;
  const { httpIdleTimeout, h2UpgradePolicy, useClientProtocol, http2KeepAlive } = limits;
  if (useClientProtocol && h2UpgradePolicy === H2UpgradePolicy.UPGRADE) {
    throw new MeshError('IM1633', at, {
      problem: '`useClientProtocol` and `h2UpgradePolicy: UPGRADE` exclude each other', next: 'keep `useClientProtocol` or `h2UpgradePolicy`',
    });
  }
  const tcp: Tcp = {
    maxConnections: count('maxConnections'),
    connectTimeout: connectTimeout && istioDuration(connectTimeout, at),
    maxConnectionDuration: maxConnectionDuration && istioDuration(maxConnectionDuration, at),
    idleTimeout: tcpIdleTimeout && istioDurationOrNone(tcpIdleTimeout, at),
    tcpKeepalive: tcpKeepalive && renderKeepalive(tcpKeepalive, at),
  };
  const http: Http = {
    http1MaxPendingRequests: count('http1MaxPendingRequests'),
    http2MaxRequests: count('http2MaxRequests'),
    maxRequestsPerConnection: count('maxRequestsPerConnection', MOST_PER_CONNECTION),
    maxRetries: count('maxRetries'),
    idleTimeout: httpIdleTimeout && istioDuration(httpIdleTimeout, at),
    h2UpgradePolicy: h2UpgradePolicy as Http['h2UpgradePolicy'],
    useClientProtocol,
    maxConcurrentStreams: count('maxConcurrentStreams'),
    http2KeepAlive: http2KeepAlive && { interval: istioDuration(http2KeepAlive.interval, at), timeout: istioDuration(http2KeepAlive.timeout, at) },
  };
  return { tcp, http };
}

/** Linux counts keepalive times in seconds and rejects values above its maximum. Then no connection is opened at all. */
function renderKeepalive({ probes, time, interval }: TcpKeepalive, at: Located): Tcp['tcpKeepalive'] {
  const seconds = (duration: Duration | undefined, what: string) => {
    const text = duration && istioDuration(duration, at);
    if (text?.endsWith('ms') || (duration && duration.toSeconds() > LONGEST_KEEPALIVE)) {
      throw new MeshError('IM1633', at, { problem: `${what} of the keepalive is not a number of seconds that Linux accepts`, got: text, allowed: `whole seconds, up to ${LONGEST_KEEPALIVE}` });
    }
    return text;
  };
  const keepalive = { probes: wholeNumber(probes, [1, MOST_PROBES], 'IM1519', at, 'probes'), time: seconds(time, '`time`'), interval: seconds(interval, '`interval`') };
  if (Object.values(keepalive).every(value => value === undefined)) {
    throw new MeshError('IM1633', at, { problem: 'the keepalive sets nothing', got: {}, allowed: 'at least one of probes, time and interval' });
  }
  return keepalive;
}
