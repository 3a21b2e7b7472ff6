#!/usr/bin/env bash
# cdk8s-plus-28 2.5.6: a probe or a lifecycle hook without a port uses port 80 if the container declares its only port in `ports`.
#
# `Probe.fromHttpGet` and `Handler.fromHttpGet` use `portNumber: 3000` of the container. They ignore the same port in `ports: [{ number: 3000 }]`, and the manifest has port
# 80, where no process listens. The pod never becomes ready, and a pod with such a hook never starts.
#
# Needs Node and npm. Exits with 0 while cdk8s-plus behaves like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund cdk8s@2.70.0 cdk8s-plus-28@2.5.6 constructs@10.4.2
cat >synth.js <<'JS'
const { App, Chart } = require('cdk8s');
const { Deployment, Handler, Probe } = require('cdk8s-plus-28');

function asked(port) {
  const chart = new Chart(new App(), 'chart');
  new Deployment(chart, 'web', {
    containers: [{ image: 'web', ...port, readiness: Probe.fromHttpGet('/healthz'), lifecycle: { postStart: Handler.fromHttpGet('/warm') } }],
  });
  const [container] = chart.toJson()[0].spec.template.spec.containers;
  return `declared ${container.ports[0].containerPort}, readiness asks ${container.readinessProbe.httpGet.port}, postStart asks ${container.lifecycle.postStart.httpGet.port}`;
}

console.log(`portNumber: 3000            ${asked({ portNumber: 3000 })}`);
console.log(`ports: [{ number: 3000 }]   ${asked({ ports: [{ number: 3000 }] })}`);
JS
seen=$(node synth.js)
echo "$seen"

expected='portNumber: 3000            declared 3000, readiness asks 3000, postStart asks 3000
ports: [{ number: 3000 }]   declared 3000, readiness asks 80, postStart asks 80'
if [ "$seen" != "$expected" ]; then
  echo "changed: expected $expected" >&2
  exit 1
fi
