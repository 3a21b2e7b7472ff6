// A user's plain JavaScript app: run as it is against the packed tarball.
const { App, Chart } = require('cdk8s');
const { networking } = require('cdk8s-istio');

const app = new App();
const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });

new networking.VirtualService(chart, 'reviews', {
  metadata: { name: 'reviews' },
  spec: { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }] },
});

app.synth();
