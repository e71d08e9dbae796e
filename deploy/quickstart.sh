#!/usr/bin/env bash
# Builds the control plane, starts it with sample workloads in two regions, puts real Envoys in front of them where Envoy is found (ENVOY, PATH or
# ../shared/bin/envoy), and shows who answers: the caller's zone, the next zone when that one fails, and the first again when it is back.
#   deploy/quickstart.sh           then stays until Ctrl+C, for you to try things
#   deploy/quickstart.sh --check   asserts what it shows, ends everything, and fails if it was not so
# Ports: REST_PORT (8080), XDS_PORT (18000), BASE_PORT (9101, six workloads), ADMIN_PORT (9901, and the next), GATEWAY_PORT (8088).
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

check=""
case "${1:-}" in
  "") ;;
  --check) check=1 ;;
  *) sed -n '2,7p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
rest=${REST_PORT:-8080} xds=${XDS_PORT:-18000} base=${BASE_PORT:-9101} admin=${ADMIN_PORT:-9901} edge=${GATEWAY_PORT:-8088}

bold="" plain=""
[[ -t 1 ]] && bold=$'\e[1m' plain=$'\e[0m'
say() { echo "$bold$*$plain"; }
fail() { echo "failed: $*" >&2; for log in "$work"/*.log; do echo "== $log"; tail -n 10 "$log"; done >&2 || true; exit 1; }

work=$(mktemp -d)
pids=()
cleanup() {
  [[ ${#pids[@]} -eq 0 ]] || { kill "${pids[@]}" 2> /dev/null; wait "${pids[@]}" 2> /dev/null; } || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 0' INT TERM

command -v dotnet > /dev/null || fail "dotnet was not found: install the .NET 10 SDK (https://dotnet.microsoft.com/download)"
command -v curl > /dev/null || fail "curl was not found: install it"

tools/choose-engine.sh
engine=$(sed -n 's|.*<Engine>\(.*\)</Engine>.*|\1|p' artifacts/engine.props)
say "1. Building (the first time takes a minute)"
for project in silo deploy/sample; do
  dotnet build "$project" -c Release -nologo -v quiet -p:Engine="$engine" > "$work/build.log" 2>&1 || { cat "$work/build.log"; fail "the build"; }
done
controlplane=artifacts/$engine/bin/ControlPlane.Silo/release/controlplane
sample=artifacts/$engine/bin/ControlPlane.Sample/release/sample

say "2. Starting six workloads and the control plane"
mkdir "$work/config"
for file in deploy/examples/two-regions/*.yaml; do
  # The example as it is, with the ports of this run.
  sed -e "s/port: 910\([1-6]\)/port: $((base - 1))+\1/" -e "s/port: 8088/port: $edge/" "$file" \
    | awk '{ while (match($0, /[0-9]+\+[0-9]/)) { split(substr($0, RSTART, RLENGTH), n, "+"); $0 = substr($0, 1, RSTART - 1) (n[1] + n[2]) substr($0, RSTART + RLENGTH) } print }' \
    > "$work/config/$(basename "$file")"
done
workloads=()
i=0
for name in cart-eu-a-1 cart-eu-a-2 cart-eu-b-1 cart-eu-b-2 cart-us-c-1 cart-us-c-2; do
  workloads+=("$name@127.0.0.1:$((base + i))")
  i=$((i + 1))
done
"$sample" "${workloads[@]}" > "$work/sample.log" 2>&1 &
pids+=($!)
"$controlplane" run --config "$work/config" --data "$work/data" --rest-address "127.0.0.1:$rest" --xds-address "127.0.0.1:$xds" > "$work/controlplane.log" 2>&1 &
pids+=($!)

# Waits up to 20 s for a command to succeed.
wait_for() {
  local what=$1 end=$((SECONDS + 20))
  shift
  while ((SECONDS < end)); do
    "$@" > /dev/null 2>&1 && return
    for pid in "${pids[@]}"; do
      kill -0 "$pid" 2> /dev/null || fail "a program has ended: is one of its ports in use?"
    done
    sleep 0.1
  done
  fail "$what"
}
ready() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$rest/readyz") == 200 ]]; }
wait_for "the control plane did not become ready" ready
"$controlplane" get endpoints --server "http://127.0.0.1:$rest"

envoy=${ENVOY:-$(command -v envoy || true)}
[[ -n $envoy ]] || { [[ -x ../shared/bin/envoy ]] && envoy=../shared/bin/envoy; }
if [[ -z $envoy ]]; then
  [[ -z $check ]] || fail "Envoy was not found: set ENVOY, or put envoy on PATH"
  say "3. Envoy was not found (set ENVOY, or put it on PATH): the rest needs it. The control plane runs; Ctrl+C ends it"
  wait
fi

say "3. Starting a sidecar in zone eu/a and an ingress gateway"
start_envoy() {
  local name=$1
  shift
  "$controlplane" bootstrap --node "$name" --cluster eu-a --namespace shop --xds "127.0.0.1:$xds" "$@" > "$work/$name.yaml"
  "$envoy" -c "$work/$name.yaml" --disable-hot-restart --concurrency 1 -l warn --log-path "$work/$name.log" > /dev/null 2>&1 &
  pids+=($!)
}
# An address of its own, so that a sidecar that already runs here is not disturbed.
sidecar=127.0.0.1
[[ -z $check ]] || sidecar=127.$((RANDOM % 200 + 20)).$((RANDOM % 200 + 1)).1
start_envoy web-1 --kind sidecar --outbound-address "$sidecar" --admin "127.0.0.1:$admin"
start_envoy edge-1 --kind gateway --gateway edge --address 127.0.0.1 --admin "127.0.0.1:$((admin + 1))"

call() { curl -s -m 2 -H 'Host: cart.shop' "http://$sidecar:15001/"; }
call_edge() { curl -s -m 2 -H 'Host: shop.example' "http://127.0.0.1:$edge/cart"; }
# Sends 30 requests and says who answered, most first.
answers() { for _ in $(seq 30); do "$@" || { echo "(no answer)"; break; }; done | sort | uniq -c | sort -rn | awk '{ printf "%s%s x%s", separator, $2, $1; separator = ", " }'; }
# All of the last answers are of one zone.
from_zone() { ! answers call | tr ',' '\n' | grep -v "cart-$1-" | grep -q .; }
expect_zone() {
  wait_for "requests did not go to $1" from_zone "$1"
  echo "   who answers: $(answers call)"
}
set_health() { sed -i.bak "/cluster: $1,/s/health: [A-Za-z]*/health: $2/" "$work/config/cart.yaml" && rm -f "$work/config/cart.yaml.bak"; }

expect_zone eu-a
say "4. Zone eu-a has no healthy endpoint"
set_health eu-a Unhealthy
expect_zone eu-b
say "5. Nor has eu-b: another region"
set_health eu-b Unhealthy
expect_zone us-c
say "6. All are back"
set_health eu-a Healthy
set_health eu-b Healthy
expect_zone eu-a
edge_answers() { call_edge | grep -q '^cart-'; }
wait_for "the gateway did not answer" edge_answers
say "7. Through the ingress gateway"
echo "   who answers: $(answers call_edge)"
"$controlplane" get proxies --server "http://127.0.0.1:$rest"
if [[ -n $check ]]; then
  say "as expected"
  exit 0
fi
say "Everything runs; Ctrl+C ends it. Try:"
cat <<TRY
  curl -H 'Host: cart.shop' http://$sidecar:15001/
  curl -H 'Host: shop.example' http://127.0.0.1:$edge/cart
  $controlplane get clusters --server http://127.0.0.1:$rest
  edit $work/config/cart.yaml
TRY
wait
