// A user's app as a module of plain JavaScript: run as it is against the packed tarball.
import { App, Chart } from 'cdk8s';
import { CanarySplit, MeshNamespace, MeshPort, MeshService, MeshVersion, networking, SplitTarget } from 'cdk8s-istio';

const app = new App();
const bookinfo = new MeshNamespace(new Chart(app, 'bookinfo'), 'bookinfo');

const reviews = new MeshService(bookinfo, 'reviews', {
  ports: [MeshPort.http(9080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'reviews:1' }] }), v2: MeshVersion.of({ containers: [{ image: 'reviews:2' }] }) },
});
new CanarySplit(bookinfo, 'reviews-split', { service: reviews, traffic: SplitTarget.weights({ v1: 90 }, { rest: 'v2' }) });

// An imported class, for what no construct says.
new networking.Sidecar(bookinfo, 'sidecar', {
  metadata: bookinfo.metadata('default'),
  spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] },
});

app.synth();
