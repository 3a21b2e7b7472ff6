import { join } from 'path';
import { Chart } from 'cdk8s';
import { ContainerProps, EnvValue, Volume } from 'cdk8s-plus-28';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, LeastPrivilege, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion,
  MutualTls, RouteMatch, SplitRule, SplitTarget,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'bookinfo');
const bookinfo = new MeshNamespace(chart, 'bookinfo', { mutualTls: MutualTls.STRICT });

/** A volume for files that an image writes. The root file system is read-only. */
function scratch(name: string): Volume {
  return Volume.fromEmptyDir(bookinfo, `volume-${name}`, name);
}

function image(name: string, user = 1000): ContainerProps {
  return { name: name.split('-')[0], image: `docker.io/istio/examples-bookinfo-${name}:1.20.3`, securityContext: { user } };
}

/** Open Liberty writes its work area and its logs to files. */
function reviewsOf(version: string): MeshVersion {
  return MeshVersion.of({
    containers: [{
      ...image(`reviews-${version}`, 1001),
      envVariables: { LOG_DIR: EnvValue.fromValue('/tmp/logs') },
      volumeMounts: [
        { path: '/tmp', volume: scratch(`reviews-${version}-tmp`) },
        { path: '/opt/ol/wlp/output', volume: scratch(`reviews-${version}-output`) },
      ],
    }],
  });
}

const http = [MeshPort.http(9080)];
// Versions with different calls need separate identities.
const reviews = new MeshService(bookinfo, 'reviews', {
  ports: http, serviceAccountPerVersion: true, versions: { v1: reviewsOf('v1'), v2: reviewsOf('v2'), v3: reviewsOf('v3') },
});
const details = new MeshService(bookinfo, 'details', { ports: http, versions: { v1: MeshVersion.of({ containers: [image('details-v1')] }) } });
const mongodb = new MeshService(bookinfo, 'mongodb', {
  ports: [MeshPort.mongo(27017)],
  versions: {
    v1: MeshVersion.of({
      securityContext: { fsGroup: 999 },
      containers: [{
        ...image('mongodb', 999),
        args: ['--bind_ip_all'],
        volumeMounts: [{ path: '/data/db', volume: scratch('mongodb-data') }, { path: '/tmp', volume: scratch('mongodb-tmp') }],
      }],
    }),
  },
});
const ratings = new MeshService(bookinfo, 'ratings', {
  ports: http,
  serviceAccountPerVersion: true,
  versions: {
    v1: MeshVersion.of({ containers: [image('ratings-v1')] }),
    v2: MeshVersion.of({ containers: [{ ...image('ratings-v2'), envVariables: { MONGO_DB_URL: EnvValue.fromValue(`mongodb://${mongodb.host}:27017/test`) } }] }),
  },
});
const productpage = new MeshService(bookinfo, 'productpage', {
  ports: http,
  versions: { v1: MeshVersion.of({ containers: [{ ...image('productpage-v1'), volumeMounts: [{ path: '/tmp', volume: scratch('productpage-tmp') }] }] }) },
});
productpage.calls(details);
productpage.calls(reviews);
reviews.versionOf('v2').calls(ratings.versionOf('v1'));
reviews.versionOf('v3').calls(ratings.versionOf('v2'));
ratings.versionOf('v2').calls(mongodb);

new CanarySplit(bookinfo, 'reviews-split', { service: reviews, traffic: SplitTarget.weights({ v1: 25, v2: 25, v3: 50 }) });
new CanarySplit(bookinfo, 'ratings-by-caller', {
  service: ratings,
  rules: [
    SplitRule.when(CallMatch.fromVersion(reviews, 'v2')).to('v1'),
    SplitRule.when(CallMatch.fromVersion(reviews, 'v3')).to('v2'),
  ],
  traffic: SplitTarget.refuse(),
});

const edge = new MeshGateway(bookinfo, 'bookinfo-gateway', {
  workload: GatewayWorkload.ingress(),
  servers: [GatewayServer.http({ hosts: ['bookinfo.example.com'] })],
});
edge.addHttpRoute('bookinfo.example.com', {
  matches: [RouteMatch.exactPath('/productpage'), RouteMatch.pathPrefix('/static'), RouteMatch.exactPath('/login'), RouteMatch.exactPath('/logout')],
  to: productpage,
});
edge.addHttpRoute('bookinfo.example.com', { matches: [RouteMatch.pathPrefix('/api/v1/reviews')], to: reviews });

new LeastPrivilege(chart, 'least-privilege');

app.synth();
