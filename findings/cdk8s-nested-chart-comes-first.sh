#!/usr/bin/env bash
# cdk8s 2.70.0 writes the objects of a nested chart before those of the outer chart: a Namespace in the outer chart comes last.
#
# cdk8s makes each chart depend on the charts inside it. In one file (FILE_PER_APP, `synthYaml()`) and in files numbered for `kubectl apply -f DIR`, the inner Deployment comes before
# its Namespace, in any order of construction. The first apply to an empty cluster fails. A dependency of the inner object on the
# Namespace creates a cycle, which cdk8s refuses.
#
# Needs Node and npm. Exits with 0 while cdk8s behaves like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund cdk8s@2.70.0 constructs@10.4.2
cat >synth.js <<'JS'
const { App, ApiObject, Chart } = require('cdk8s');
const { readdirSync } = require('fs');

function team(app) {
  const outer = new Chart(app, 'team');
  const namespace = new ApiObject(outer, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const inner = new Chart(outer, 'web');
  const web = new ApiObject(inner, 'web', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } });
  return { namespace, web };
}

const app = new App({ outdir: 'dist' });
team(app);
console.log(`documents: ${app.synthYaml().match(/^kind: .*/gm).map(line => line.slice(6)).join(', ')}`);
app.synth();
console.log(`files: ${readdirSync('dist').sort().join(', ')}`);

const ordered = new App({ outdir: 'ordered' });
const { namespace, web } = team(ordered);
web.node.addDependency(namespace);
try {
  ordered.synth();
  console.log('with a dependency: written');
} catch (error) {
  console.log(`with a dependency: ${/cycle/i.test(error.message) ? 'refused as a cycle' : error.message}`);
}
JS
seen=$(node synth.js)
echo "$seen"

expected='documents: Deployment, Namespace
files: 0000-team-web-c861dc28.k8s.yaml, 0001-team.k8s.yaml
with a dependency: refused as a cycle'
if [ "$seen" != "$expected" ]; then
  echo "changed: expected $expected" >&2
  exit 1
fi
