#!/usr/bin/env bash
# cdk8s 2.70.0 runs every validation of an App once for each chart, and once more: 40 charts mean 41 validations of everything.
#
# `app.synth()` validates the App, then calls `chart.toJson()` for each chart, which validates the whole App again. If the number of charts grows with the App,
# the cost of a check grows quadratically. A validation with side effects, such as counting or logging, repeats them.
#
# Needs Node and npm. Exits with 0 while cdk8s behaves like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund cdk8s@2.70.0 constructs@10.4.2
cat >count.js <<'JS'
const { App, ApiObject, Chart } = require('cdk8s');

for (const charts of [1, 10, 40]) {
  const app = new App({ outdir: 'dist' });
  let calls = 0;
  for (let i = 0; i < charts; i++) {
    const chart = new Chart(app, `chart-${i}`);
    const object = new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `settings-${i}` } });
    object.node.addValidation({ validate: () => (calls++, []) });
  }
  app.synth();
  console.log(`${charts} charts with one validation each: ${calls} calls`);
}
JS
seen=$(node count.js)
echo "$seen"

expected='1 charts with one validation each: 2 calls
10 charts with one validation each: 110 calls
40 charts with one validation each: 1640 calls'
if [ "$seen" != "$expected" ]; then
  echo "changed: expected $expected" >&2
  exit 1
fi
