#!/usr/bin/env bash
# cdk8s 2.70.0 and cdk8s 2.70.106 write different bytes for the same program.
#
# cdk8s bundles the package yaml in an exact version: yaml 2.8.0 in cdk8s 2.70.0, yaml 2.9.1 in cdk8s 2.70.106. A range such as `^2.70.0` accepts both.
# The two print a text that consists of blanks and line breaks in different ways. Kubernetes reads the same value, but a GitOps
# repository gets a change that has no cause in its program.
#
# Needs Node and npm. Exits with 0 while the two releases behave like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund first@npm:cdk8s@2.70.0 later@npm:cdk8s@2.70.106 constructs@10.4.2
cat >print.js <<'JS'
for (const name of ['first', 'later']) {
  const { version } = require(`${name}/package.json`);
  const { Yaml } = require(name);
  const texts = [' \n', '\n \n', '  \n  \n', ' '].map(separator => Yaml.stringify({ data: { separator } }));
  console.log(JSON.stringify({ version, texts }));
}
JS
node print.js > seen
cat seen
[ "$(wc -l < seen)" = 2 ]
first=$(sed -n 1p seen | sed 's/.*"texts"//')
later=$(sed -n 2p seen | sed 's/.*"texts"//')
[ "$first" != "$later" ]
