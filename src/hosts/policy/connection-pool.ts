import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration, istioDurationOrNone } from '../../values/istio-duration';
import { LARGEST_SIGNED, wholeNumber } from '../../values/whole-number';

type Http = networking.DestinationRuleSpecTrafficPolicyConnectionPoolHttp;
type Tcp = networking.DestinationRuleSpecTrafficPolicyConnectionPoolTcp;

/** Whether requests that arrive as HTTP/1.1 are sent on as HTTP/2. */
export enum H2UpgradePolicy {
  /** They are sent on as they arrive, whatever the mesh says. */
  DO_NOT_UPGRADE = 'DO_NOT_UPGRADE',
  /**
   * The proxy sends them on as HTTP/2. A sidecar of the service hands them to its application in the protocol of the port; without a sidecar the application gets HTTP/2.
   * WebSockets fail with 503, since HTTP/2 has no upgrade: leave out ports that carry them.
   */
  UPGRADE = 'UPGRADE',
}

/** How the kernel finds out that the other end of an idle connection is gone. What is left out is the kernel's own. */
export interface TcpKeepalive {
  /**
   * How many probes go unanswered before the connection is given up, 127 at most.
   *
   * @default - 9 on Linux
   */
  readonly probes?: number;

  /**
   * How long a connection is idle before the first probe, in whole seconds, 32767 at most.
   *
   * @default - 2 hours on Linux
   */
  readonly time?: Duration;

  /**
   * How long the kernel waits between probes, in whole seconds, 32767 at most.
   *
   * @default - 75 seconds on Linux
   */
  readonly interval?: Duration;
}

/** How a proxy finds out that the other end of a connection of HTTP/2 is gone. */
export interface Http2KeepAlive {
  /** How often a PING is sent. */
  readonly interval: Duration;

  /** How long its answer may take. */
  readonly timeout: Duration;
}

/**
 * How much one proxy asks of a host at a time. What is more is refused at once: 503 for requests.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export interface ConnectionPool {
  /**
   * The most connections. Of HTTP/2 one is enough for all requests.
   *
   * @default - no limit that is ever met
   */
  readonly maxConnections?: number;

  /**
   * How long to wait for a connection.
   *
   * @default - 10 seconds
   */
  readonly connectTimeout?: Duration;

  /**
   * How long a connection lives. Of TCP for the whole service alone (IM1660).
   *
   * @default - as long as both ends keep it
   */
  readonly maxConnectionDuration?: Duration;

  /**
   * How long a connection that carries no bytes is kept; `Duration.seconds(0)` keeps it for ever. Connections of HTTP go by it, too, where
   * `httpIdleTimeout` is not said. Of TCP for the whole service alone (IM1660).
   *
   * @default - 1 hour
   */
  readonly tcpIdleTimeout?: Duration;

  /**
   * How the kernel finds out that the other end is gone.
   *
   * @default - it does not ask
   */
  readonly tcpKeepalive?: TcpKeepalive;

  /**
   * The most requests that wait for a connection, of HTTP/1.1 and of HTTP/2.
   *
   * @default - no limit that is ever met
   */
  readonly http1MaxPendingRequests?: number;

  /**
   * The most requests in flight, of HTTP/1.1 and of HTTP/2.
   *
   * @default - no limit that is ever met
   */
  readonly http2MaxRequests?: number;

  /**
   * The most requests on one connection, which is closed then.
   *
   * @default - no limit
   */
  readonly maxRequestsPerConnection?: number;

  /**
   * The most retries in flight.
   *
   * @default - no limit that is ever met
   */
  readonly maxRetries?: number;

  /**
   * How long a connection without requests is kept.
   *
   * @default - 1 hour
   */
  readonly httpIdleTimeout?: Duration;

  /**
   * Whether requests that arrive as HTTP/1.1 are sent on as HTTP/2. Not together with `useClientProtocol`.
   *
   * @default - as the mesh says
   */
  readonly h2UpgradePolicy?: H2UpgradePolicy;

  /**
   * Whether requests are sent on in the version of HTTP in which they arrive.
   *
   * @default false
   */
  readonly useClientProtocol?: boolean;

  /**
   * The most requests in flight on one connection of HTTP/2. For ports that speak HTTP/2, or are upgraded to it (IM1634).
   *
   * @default - as many as the other end takes
   */
  readonly maxConcurrentStreams?: number;

  /**
   * How a proxy finds out that the other end of a connection of HTTP/2 is gone. For ports that speak HTTP/2, or are upgraded to it (IM1634).
   * Needs Istio 1.31 (IM1338).
   *
   * @default - it does not ask
   */
  readonly http2KeepAlive?: Http2KeepAlive;
}

/** The limits that only requests have. */
export const HTTP_LIMITS = [
  'http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries', 'httpIdleTimeout', 'h2UpgradePolicy', 'useClientProtocol',
  'maxConcurrentStreams', 'http2KeepAlive',
] as const;

/** The limits of TCP that are kept where a connection arrives at the proxy, before it is known which pod takes it. */
export const OF_LISTENERS = ['tcpIdleTimeout', 'maxConnectionDuration'] as const;

type Count = 'maxConnections' | 'http1MaxPendingRequests' | 'http2MaxRequests' | 'maxRequestsPerConnection' | 'maxRetries' | 'maxConcurrentStreams';

/** Envoy keeps the number of requests of a connection in so many bits. */
const MOST_PER_CONNECTION = 2 ** 29;

/** The most that Linux takes as TCP_KEEPIDLE and TCP_KEEPINTVL, in seconds, and as TCP_KEEPCNT. */
const LONGEST_KEEPALIVE = 32767;
const MOST_PROBES = 127;

/** The limits as Istio spells them. */
export function renderLimits(limits: ConnectionPool, at: Located): networking.DestinationRuleSpecTrafficPolicyConnectionPool {
  if (Object.values(limits).every(value => value === undefined)) {
    throw new MeshError('IM1519', at, { problem: 'the limits limit nothing', got: limits, allowed: 'one limit at least', next: 'leave `connectionPool` out' });
  }
  const count = (name: Count, most = LARGEST_SIGNED) => wholeNumber(limits[name], [1, most], 'IM1519', at, name);
  const { connectTimeout, maxConnectionDuration, tcpIdleTimeout, tcpKeepalive } = limits;
  const { httpIdleTimeout, h2UpgradePolicy, useClientProtocol, http2KeepAlive } = limits;
  if (useClientProtocol && h2UpgradePolicy === H2UpgradePolicy.UPGRADE) {
    throw new MeshError('IM1633', at, {
      problem: 'requests are to be sent on as they arrive and as HTTP/2 at once', next: 'keep `useClientProtocol` or `h2UpgradePolicy`',
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

/** Linux counts these in seconds, and refuses more: then no connection is made at all. */
function renderKeepalive({ probes, time, interval }: TcpKeepalive, at: Located): Tcp['tcpKeepalive'] {
  const seconds = (duration: Duration | undefined, what: string) => {
    const text = duration && istioDuration(duration, at);
    if (text?.endsWith('ms') || (duration && duration.toSeconds() > LONGEST_KEEPALIVE)) {
      throw new MeshError('IM1633', at, { problem: `${what} of the keepalive is no number of seconds that Linux takes`, got: text, allowed: `whole seconds, up to ${LONGEST_KEEPALIVE}` });
    }
    return text;
  };
  const keepalive = { probes: wholeNumber(probes, [1, MOST_PROBES], 'IM1519', at, 'probes'), time: seconds(time, '`time`'), interval: seconds(interval, '`interval`') };
  if (Object.values(keepalive).every(value => value === undefined)) {
    throw new MeshError('IM1633', at, { problem: 'the keepalive says nothing', got: {}, allowed: 'probes, time, interval: one of them at least' });
  }
  return keepalive;
}
