#!/usr/bin/env bash
# All of conformance in CI: formatting, vet, the Go tests, every example, the hand-written samples, the printer, programs that are drawn, the mutants.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export CI=${CI:-true}

unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }
./run.sh build
go vet ./...
go test ./...
./run.sh
./run.sh samples
./run.sh same-bytes --random 20000
./run.sh random --seed 3 --count 8
./run.sh mutants
