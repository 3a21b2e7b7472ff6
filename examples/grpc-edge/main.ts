// gRPC at the edge: HTTP/2 on port 80, any host, and one gRPC service with retries for slow and failed calls.
import { join } from 'path';
import { Chart, Duration } from 'cdk8s';
import {
  GatewayServer, GatewayWorkload, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, Retries,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const applications = new MeshNamespace(new Chart(app, 'applications'), 'applications', { mutualTls: MutualTls.STRICT });

const addressValidator = new MeshService(applications, 'addressvalidator', {
  ports: [MeshPort.grpc(50051)],
  versions: { v1: MeshVersion.of({ replicas: 2, containers: [{ image: 'example.com/addressvalidator:1.0.0' }] }) },
});

const edge = new MeshGateway(applications, 'grpc-gateway', {
  workload: GatewayWorkload.ingress(),
  servers: [GatewayServer.http2({ hosts: ['*'] })],
});
edge.addGrpcRoute('*', {
  service: 'namely.address_validator.AddressValidator',
  to: addressValidator,
  retries: Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2) }),
});

app.synth();
