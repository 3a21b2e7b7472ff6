import { join } from 'path';
import { Chart, Size } from 'cdk8s';
import { EnvValue, PodManagementPolicy, Volume } from 'cdk8s-plus-28';
import { MeshApp, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, StatefulMeshService } from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'zookeeper');
const namespace = new MeshNamespace(chart, 'zookeeper', { mutualTls: MutualTls.STRICT });

const IMAGE = 'docker.io/library/zookeeper:3.9.3';
const scratch = (name: string) => Volume.fromEmptyDir(namespace, `volume-${name}`, name);

const zookeeper = new StatefulMeshService(namespace, 'zookeeper', {
  replicas: 3,
  podManagementPolicy: PodManagementPolicy.PARALLEL, // the servers become ready only as a quorum
  publishNotReadyAddresses: true,
  ports: [MeshPort.tcp(2181, { suffix: 'client' })],
  peerPorts: [MeshPort.tcp(2888, { suffix: 'peer' }), MeshPort.tcp(3888, { suffix: 'election' })],
  securityContext: { user: 1000, group: 1000, fsGroup: 1000 },
  containers: [{
    name: 'zookeeper',
    image: IMAGE,
    // Servers are numbered from 1, pods from 0.
    command: ['bash', '-c', 'export ZOO_MY_ID=$((${HOSTNAME##*-} + 1)) && exec /docker-entrypoint.sh zkServer.sh start-foreground'],
    envVariables: { ZOO_STANDALONE_ENABLED: EnvValue.fromValue('false') },
    volumeMounts: ['conf', 'datalog', 'logs', 'tmp'].map(name => ({ path: `/${name}`, volume: scratch(name) })),
  }],
  volumeClaims: { data: { size: Size.gibibytes(10), mountPath: '/data' } },
});
zookeeper.container('zookeeper').env.addVariable('ZOO_SERVERS',
  EnvValue.fromValue(zookeeper.podList('server.{number}={host}:2888:3888;2181').join('\n')));

const ledger = new MeshService(namespace, 'ledger', {
  ports: [MeshPort.http(8080)],
  versions: {
    v1: MeshVersion.of({
      containers: [{ image: 'example.com/ledger:1.0.0', envVariables: { ZOOKEEPER: EnvValue.fromValue('zookeeper:2181') } }],
    }),
  },
});
ledger.calls(zookeeper);

app.synth();
