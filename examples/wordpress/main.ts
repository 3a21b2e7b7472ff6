// The dedicated gateway of a team, with HTTP only: the cloud's load balancer in front of it terminates TLS. The routes of another team are
// in the namespace of that team, and lead to a service in a third namespace.
import { join } from 'path';
import { Chart, Size } from 'cdk8s';
import { EnvValue, Secret, Volume } from 'cdk8s-plus-28';
import {
  GatewayRoutes, GatewayServer, GatewayWorkload, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, RouteMatch,
  StatefulMeshService,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const strict = { mutualTls: MutualTls.STRICT };
const wordpress = new MeshNamespace(new Chart(app, 'wordpress'), 'wordpress', strict);
const feeds = new MeshNamespace(new Chart(app, 'feeds'), 'feeds', strict);
const blogRoutes = new MeshNamespace(new Chart(app, 'blog-routes'), 'blog-routes');

const password = EnvValue.fromSecretValue({ secret: Secret.fromSecretName(wordpress, 'wordpress-database', 'wordpress-database'), key: 'password' });
const scratch = (id: string, ...paths: string[]) => paths.map((path, i) => ({ path, volume: Volume.fromEmptyDir(wordpress, `${id}-${i}`, `scratch-${i}`) }));

const mysql = new StatefulMeshService(wordpress, 'mysql', {
  replicas: 1,
  ports: [MeshPort.mysql(3306)],
  securityContext: { user: 999, group: 999, fsGroup: 999 },
  containers: [{
    name: 'mysql',
    image: 'docker.io/library/mysql:8.4.6',
    envVariables: { MYSQL_DATABASE: EnvValue.fromValue('wordpress'), MYSQL_ROOT_PASSWORD: password },
    volumeMounts: scratch('mysql', '/tmp', '/var/run/mysqld'),
  }],
  volumeClaims: { data: { size: Size.gibibytes(20), mountPath: '/var/lib/mysql' } },
});
const redis = new MeshService(wordpress, 'redis', {
  ports: [MeshPort.redis(6379)],
  versions: { v8: MeshVersion.of({ containers: [{ image: 'docker.io/library/redis:8.2.2', securityContext: { user: 999, group: 999 } }] }) },
});
const blog = new MeshService(wordpress, 'wordpress', {
  ports: [MeshPort.http(80)],
  versions: {
    v6: MeshVersion.of({
      containers: [{
        image: 'docker.io/library/wordpress:6.8.3-apache',
        securityContext: { user: 33, group: 33 },
        envVariables: {
          WORDPRESS_DB_HOST: EnvValue.fromValue('mysql'),
          WORDPRESS_DB_USER: EnvValue.fromValue('root'),
          WORDPRESS_DB_PASSWORD: password,
          WORDPRESS_CONFIG_EXTRA: EnvValue.fromValue('define("WP_REDIS_HOST", "redis");'),
        },
        volumeMounts: scratch('wordpress', '/tmp', '/var/run/apache2', '/var/www/html'),
      }],
    }),
  },
});
blog.calls(mysql);
blog.calls(redis);

const gateway = new MeshGateway(wordpress, 'wordpress-gateway', {
  workload: GatewayWorkload.dedicated(),
  servers: [GatewayServer.http({ hosts: ['blog.example.com'] })],
});
gateway.addHttpRoute('blog.example.com', { to: blog });

const rss = new MeshService(feeds, 'rss', {
  ports: [MeshPort.http(8080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/rss:1.0.0' }] }) },
});
new GatewayRoutes(blogRoutes, 'feed', { gateway })
  .addHttpRoute('blog.example.com', { to: rss, matches: [RouteMatch.pathPrefix('/feed')] });

app.synth();
