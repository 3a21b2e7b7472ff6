#!/usr/bin/env bash
# cdk8s 2.70.0 with YamlOutputType.FILE_PER_RESOURCE writes objects of one kind and name in two namespaces to one file. Only the last object remains.
#
# The file name is `<Kind>.<name>`, without the namespace and the API group. Of two PeerAuthentications `default` in two namespaces one remains, and of two
# kinds `Gateway` (Istio's and the Gateway API's) with one name one remains. cdk8s prints no warning. FOLDER_PER_CHART_FILE_PER_RESOURCE does
# the same within one chart.
#
# Needs Node and npm. Exits with 0 while cdk8s behaves like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund cdk8s@2.70.0 constructs@10.4.2
cat >synth.js <<'JS'
const { App, ApiObject, Chart, YamlOutputType } = require('cdk8s');
const { readdirSync } = require('fs');
const { join } = require('path');

function objects(chart) {
  for (const namespace of ['shop', 'payments']) {
    new ApiObject(chart, `mode-${namespace}`, { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default', namespace } });
  }
  new ApiObject(chart, 'istio', { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: 'edge', namespace: 'shop' } });
  new ApiObject(chart, 'gateway-api', { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'edge', namespace: 'shop' } });
}

for (const type of ['FILE_PER_RESOURCE', 'FOLDER_PER_CHART_FILE_PER_RESOURCE']) {
  const app = new App({ outdir: type, yamlOutputType: YamlOutputType[type] });
  objects(new Chart(app, 'mesh'));
  app.synth();
  const folder = type.startsWith('FOLDER') ? join(type, 'mesh') : type;
  console.log(`${type}: 4 objects, files ${readdirSync(folder).sort().join(' ')}`);
}
JS
seen=$(node synth.js)
echo "$seen"

files='Gateway.edge.k8s.yaml PeerAuthentication.default.k8s.yaml'
expected="FILE_PER_RESOURCE: 4 objects, files $files
FOLDER_PER_CHART_FILE_PER_RESOURCE: 4 objects, files $files"
if [ "$seen" != "$expected" ]; then
  echo "changed: expected $expected" >&2
  exit 1
fi
