/** How much Envoy writes to its log. */
export enum ProxyLogLevel {
  /** Everything. */
  TRACE = 'TRACE',
  /** What helps to find a mistake. */
  DEBUG = 'DEBUG',
  /** What happens. */
  INFO = 'INFO',
  /** What is odd. */
  WARNING = 'WARNING',
  /** What failed. */
  ERROR = 'ERROR',
  /** What ends the proxy. */
  CRITICAL = 'CRITICAL',
  /** Nothing. */
  OFF = 'OFF',
}
