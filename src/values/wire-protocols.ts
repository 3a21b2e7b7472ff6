import { MeshProtocol } from './protocol';

/** How a protocol over TCP begins: who sends the first bytes, and where its TLS begins. */
export interface WireProtocol {
  readonly name: string;
  /** The words by which the suffix of a port says it: `tcp-smtp`. */
  readonly purposes: string[];
  /** The ports that servers listen on. */
  readonly ports: number[];
  /** Who sends the first bytes of a connection. Where both may, as in SSH, what its usual clients do. */
  readonly speaksFirst: 'client' | 'server';
  /**
   * Where TLS begins: with the first bytes of the client, `begins`; after both sides have agreed to it in plain text, `negotiated`; nowhere, `none`.
   * Of protocols that can do both it is what their clients do by default.
   */
  readonly tls: 'begins' | 'negotiated' | 'none';
  /** Where the protocol is defined. */
  readonly source: string;
}

const rfc = (number: number, section = '') => `https://www.rfc-editor.org/rfc/rfc${number}${section}`;

/**
 * The protocols that are known, with their usual ports. This is the only place where the library says how a protocol begins.
 *
 * Istio's own list of ports that it takes for plain TCP has MongoDB as a server-first protocol. By its specification, clients send the first bytes.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/#server-first-protocols
 */
export const WIRE_PROTOCOLS: readonly WireProtocol[] = [
  { name: 'FTP', purposes: ['ftp'], ports: [21], speaksFirst: 'server', tls: 'negotiated', source: rfc(4217, '#section-4') },
  { name: 'SSH', purposes: ['ssh', 'sftp'], ports: [22], speaksFirst: 'client', tls: 'none', source: rfc(4253, '#section-4.2') },
  { name: 'LMTP', purposes: ['lmtp'], ports: [24], speaksFirst: 'server', tls: 'negotiated', source: rfc(2033, '#section-4') },
  { name: 'SMTP', purposes: ['smtp', 'submission'], ports: [25, 587, 2525], speaksFirst: 'server', tls: 'negotiated', source: rfc(3207, '#section-4') },
  { name: 'POP3', purposes: ['pop3'], ports: [110], speaksFirst: 'server', tls: 'negotiated', source: rfc(2595, '#section-4') },
  { name: 'NNTP', purposes: ['nntp'], ports: [119], speaksFirst: 'server', tls: 'negotiated', source: rfc(4642, '#section-2') },
  { name: 'IMAP', purposes: ['imap'], ports: [143], speaksFirst: 'server', tls: 'negotiated', source: rfc(9051, '#section-6.2.1') },
  { name: 'LDAP', purposes: ['ldap'], ports: [389], speaksFirst: 'client', tls: 'negotiated', source: rfc(4511, '#section-4.14') },
  { name: 'SMTP in TLS', purposes: ['smtps', 'submissions'], ports: [465], speaksFirst: 'client', tls: 'begins', source: rfc(8314, '#section-3.3') },
  { name: 'LDAP in TLS', purposes: ['ldaps'], ports: [636], speaksFirst: 'client', tls: 'begins', source: rfc(4513, '#section-3.1') },
  { name: 'FTP in TLS', purposes: ['ftps'], ports: [990], speaksFirst: 'client', tls: 'begins', source: rfc(4217) },
  { name: 'IMAP in TLS', purposes: ['imaps'], ports: [993], speaksFirst: 'client', tls: 'begins', source: rfc(8314, '#section-3.2') },
  { name: 'POP3 in TLS', purposes: ['pop3s'], ports: [995], speaksFirst: 'client', tls: 'begins', source: rfc(8314, '#section-3.1') },
  {
    name: 'SQL Server (TDS)',
    purposes: ['mssql', 'tds', 'sqlserver'],
    ports: [1433],
    speaksFirst: 'client',
    tls: 'negotiated',
    source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868',
  },
  { name: 'MQTT', purposes: ['mqtt'], ports: [1883, 8883], speaksFirst: 'client', tls: 'begins', source: 'https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html' },
  { name: 'ZooKeeper', purposes: ['zookeeper'], ports: [2181, 2281], speaksFirst: 'client', tls: 'begins', source: 'https://zookeeper.apache.org/doc/current/zookeeperAdmin.html' },
  {
    name: 'MySQL',
    purposes: ['mysql', 'mariadb'],
    ports: [3306],
    speaksFirst: 'server',
    tls: 'negotiated',
    source: 'https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html',
  },
  {
    name: 'MySQL X Protocol',
    purposes: ['mysqlx'],
    ports: [33060],
    speaksFirst: 'client',
    tls: 'negotiated',
    source: 'https://dev.mysql.com/doc/dev/mysql-server/latest/mysqlx_protocol_lifecycle.html',
  },
  {
    name: 'RDP',
    purposes: ['rdp'],
    ports: [3389],
    speaksFirst: 'client',
    tls: 'negotiated',
    source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/023f1e69-cfe8-4ee6-9ee0-7e759fb4e4ee',
  },
  { name: 'Subversion', purposes: ['svn'], ports: [3690], speaksFirst: 'server', tls: 'none', source: 'https://svn.apache.org/repos/asf/subversion/trunk/subversion/libsvn_ra_svn/protocol' },
  { name: 'ManageSieve', purposes: ['sieve', 'managesieve'], ports: [4190], speaksFirst: 'server', tls: 'negotiated', source: rfc(5804, '#section-1.7') },
  { name: 'NATS', purposes: ['nats'], ports: [4222], speaksFirst: 'server', tls: 'negotiated', source: 'https://docs.nats.io/reference/reference-protocols/nats-protocol' },
  { name: 'XMPP', purposes: ['xmpp'], ports: [5222, 5269], speaksFirst: 'client', tls: 'negotiated', source: rfc(6120, '#section-5') },
  {
    name: 'PostgreSQL',
    purposes: ['postgres', 'postgresql', 'pgbouncer', 'cockroach'],
    ports: [5432, 6432, 26257],
    speaksFirst: 'client',
    tls: 'negotiated',
    source: 'https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL',
  },
  { name: 'AMQP', purposes: ['amqp', 'amqps', 'rabbitmq'], ports: [5672, 5671], speaksFirst: 'client', tls: 'begins', source: 'https://www.rabbitmq.com/docs/ssl' },
  { name: 'VNC (RFB)', purposes: ['vnc', 'rfb'], ports: [5900], speaksFirst: 'server', tls: 'negotiated', source: rfc(6143, '#section-7.1') },
  { name: 'Redis', purposes: ['redis'], ports: [6379], speaksFirst: 'client', tls: 'begins', source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/encryption/' },
  { name: 'Cassandra (CQL)', purposes: ['cassandra', 'cql'], ports: [9042], speaksFirst: 'client', tls: 'begins', source: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html' },
  { name: 'Kafka', purposes: ['kafka'], ports: [9092], speaksFirst: 'client', tls: 'begins', source: 'https://kafka.apache.org/protocol' },
  { name: 'Memcached', purposes: ['memcached', 'memcache'], ports: [11211], speaksFirst: 'client', tls: 'begins', source: 'https://docs.memcached.org/features/tls/' },
  { name: 'MongoDB', purposes: ['mongo', 'mongodb'], ports: [27017], speaksFirst: 'client', tls: 'begins', source: 'https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/' },
];

/** The attributes of a port that determine its wire protocol. */
export interface SpeakingPort {
  readonly protocol: MeshProtocol;
  readonly port: number;
  readonly targetPort: number;
  readonly name: string;
}

/**
 * The wire protocol of a port, inside TLS if the application uses it: by its protocol, else by its suffix, else by its number or its target
 * port's. Undefined where none of them does.
 */
export function wireProtocol({ protocol, port, targetPort, name }: SpeakingPort): WireProtocol | undefined {
  const suffix = name === protocol ? undefined : name.slice(protocol.length + 1);
  const named = (word?: string) => WIRE_PROTOCOLS.find(({ purposes }) => word !== undefined && purposes.includes(word));
  switch (protocol) {
    case MeshProtocol.MYSQL:
    case MeshProtocol.MONGO:
    case MeshProtocol.REDIS:
      return named(protocol);
    case MeshProtocol.TCP:
    case MeshProtocol.TLS:
      return named(suffix) ?? ofNumber(targetPort) ?? ofNumber(port);
    default:
      return undefined;
  }
}

/** The usual wire protocol of a port number. */
export function ofNumber(number: number): WireProtocol | undefined {
  return WIRE_PROTOCOLS.find(({ ports }) => ports.includes(number));
}

/** The protocol of a port without TLS on which the server sends the first bytes, while the client waits. */
export function serverFirst(port: SpeakingPort): WireProtocol | undefined {
  const wire = port.protocol === MeshProtocol.TLS ? undefined : wireProtocol(port);
  return wire?.speaksFirst === 'server' ? wire : undefined;
}
