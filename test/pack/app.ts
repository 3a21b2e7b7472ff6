// A user's TypeScript app: compiled with `tsc --strict` against the packed tarball.
import { App, Chart } from 'cdk8s';
import { networking } from 'cdk8s-istio';

const app = new App();
const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });

new networking.VirtualService(chart, 'reviews', {
  metadata: { name: 'reviews' },
  spec: { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }] },
});

app.synth();
