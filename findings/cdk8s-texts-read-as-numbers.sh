#!/usr/bin/env bash
# cdk8s 2.70.0 prints some texts without quotes that Kubernetes' YAML reader (sigs.k8s.io/yaml 1.6.0) reads as numbers.
#
# cdk8s prints with the YAML 1.1 rules of the package `yaml`, where `0o17` and `1e3_4` are texts and need no quotes. The reader of Kubernetes'
# tools also accepts `0o` of YAML 1.2 and underscores in exponents. It reads the number 15 for the text `0o17`.
#
# Needs Node, npm and Go. Exits with 0 while cdk8s behaves like this, and with 1 otherwise.
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund cdk8s@2.70.0 constructs@10.4.2
cat >print.js <<'JS'
const { Yaml } = require('cdk8s');
const texts = ['0o17', '-0o17', '0O17', '0o1_7', '1e3_4', '1e_3', '017', '0b11', '1_000'];
process.stdout.write(Yaml.stringify(Object.fromEntries(texts.map(text => [`text ${text}`, text]))));
JS

mkdir reader && cd reader
cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	read, err := yaml.YAMLToJSON(text)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(read))
}
GO
go mod init reader 2>/dev/null
go get sigs.k8s.io/yaml@v1.6.0 2>/dev/null
go build -o ../read .
cd ..

node print.js >printed.yaml
echo 'cdk8s 2.70.0 prints:'
cat printed.yaml
seen=$(./read <printed.yaml)
echo 'sigs.k8s.io/yaml 1.6.0 reads:'
echo "$seen"

expected='{"text -0o17":-15,"text 017":"017","text 0O17":15,"text 0b11":"0b11","text 0o17":15,"text 0o1_7":15,"text 1_000":"1_000","text 1e3_4":1e+34,"text 1e_3":1000}'
if [ "$seen" != "$expected" ]; then
  echo "changed: expected $expected" >&2
  exit 1
fi
