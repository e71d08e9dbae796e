#!/usr/bin/env bash
# A bank in two data centres: two meshes with authorities of their own, behind sidecars, joined by gateways. Shows who answers and through which gateway,
# while a zone, a gateway and a data centre fail and come back. See README.md beside this script.
#   deploy/examples/bank/run.sh           then stays until Ctrl+C, for you to try things
#   deploy/examples/bank/run.sh --check   asserts what it shows, ends everything, and fails if it was not so
# Needs Linux (every 127.x.y.z is an address there), curl, openssl, and Envoy in ENVOY, PATH or ../shared/bin/envoy.
# The addresses begin with LOOPBACK (127.20); the applications listen on 127.0.0.1 from APP_PORT (9201) on. The graph is saved as GRAPH (bank.svg in a
# temporary folder).
set -euo pipefail
cd "$(dirname "$0")/../../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

check=""
case "${1:-}" in
  "") ;;
  --check) check=1 ;;
  *) sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
net=${LOOPBACK:-127.20} app=${APP_PORT:-9201}
rest=$net.0.1:8082 xds=$net.0.1:18002 server=http://$net.0.1:8082

bold="" plain=""
[[ -t 1 ]] && bold=$'\e[1m' plain=$'\e[0m'
say() { echo "$bold$*$plain"; }
fail() { echo "failed: $*" >&2; for log in "$work"/*.log; do echo "== $log"; tail -n 10 "$log"; done >&2 || true; exit 1; }

work=$(mktemp -d)
chmod 700 "$work"
graph=${GRAPH:-$work/bank.svg}
declare -A pids=()
cleanup() {
  [[ ${#pids[@]} -eq 0 ]] || { kill "${pids[@]}" 2> /dev/null; wait "${pids[@]}" 2> /dev/null; } || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 0' INT TERM
start() {
  local name=$1
  shift
  "$@" >> "$work/$name.log" 2>&1 &
  pids[$name]=$!
}
# kill -9: nobody says good-bye.
crash() {
  local name
  for name in "$@"; do
    kill -9 "${pids[$name]}"
    wait "${pids[$name]}" 2> /dev/null || true
    unset "pids[$name]"
  done
}
# Waits up to 30 s for a command to succeed.
wait_for() {
  local what=$1 end=$((SECONDS + 30)) name
  shift
  while ((SECONDS < end)); do
    "$@" > /dev/null 2>&1 && return
    for name in "${!pids[@]}"; do
      kill -0 "${pids[$name]}" 2> /dev/null || fail "$name has ended: is one of its ports in use?"
    done
    sleep 0.1
  done
  fail "$what"
}

for tool in dotnet curl openssl; do
  command -v "$tool" > /dev/null || fail "$tool was not found: install it"
done
tools/choose-engine.sh
engine=$(sed -n 's|.*<Engine>\(.*\)</Engine>.*|\1|p' artifacts/engine.props)
say "1. Building (the first time takes a minute)"
for project in silo deploy/sample; do
  dotnet build "$project" -c Release -nologo -v quiet -p:Engine="$engine" > "$work/build.log" 2>&1 || { cat "$work/build.log"; fail "the build"; }
done
controlplane=artifacts/$engine/bin/ControlPlane.Silo/release/controlplane
sample=artifacts/$engine/bin/ControlPlane.Sample/release/sample

say "2. Two authorities, and a certificate and a token for each workload and gateway"
authority() {
  mkdir -p "$work/certificates/$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$work/$1.key" -out "$work/certificates/$1/ca.crt" 2>> "$work/openssl.log"
}
# MESH NAME SPIFFE-ID
certify() {
  local file=$work/certificates/$1/$2
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$file.key" -out "$work/request" 2>> "$work/openssl.log"
  printf 'subjectAltName=critical,URI:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$3" > "$work/extensions"
  openssl x509 -req -in "$work/request" -CA "$work/certificates/$1/ca.crt" -CAkey "$work/$1.key" -set_serial "0x$(openssl rand -hex 15)" -days 1 \
    -extfile "$work/extensions" -out "$file.crt" 2>> "$work/openssl.log"
  openssl rand -hex 24 > "$file.token"
}
authority banking
authority trading
for name in accounts payments; do certify banking "$name" "spiffe://bank.example/ns/bank/sa/$name"; done
for name in orders quotes; do certify trading "$name" "spiffe://trading.example/ns/trade/sa/$name"; done
# Banking's API gateways end the mutual TLS of both meshes.
for name in bank-api-dc1 bank-api-dc2 bank-edge; do certify banking "$name" "spiffe://bank.example/gateway/$name"; done
for name in bank-api-dc1 bank-api-dc2 trade-edge; do certify trading "$name" "spiffe://trading.example/gateway/$name"; done

say "3. Starting the control plane"
config=$work/config
mkdir "$config"
for file in deploy/examples/bank/*.yaml; do
  sed "s/127\.20\./$net./g" "$file" > "$config/${file##*/}"
done
"$controlplane" validate "$config"
start controlplane "$controlplane" run --config "$config" --certificates "$work/certificates" --data "$work/data" --rest-address "$rest" --xds-address "$xds"
wait_for "the control plane did not become ready" curl -sf "$server/readyz"

envoy=${ENVOY:-$(command -v envoy || true)}
[[ -n $envoy ]] || { [[ -x ../shared/bin/envoy ]] && envoy=../shared/bin/envoy; }
if [[ -z $envoy ]]; then
  "$controlplane" get paths --server "$server"
  "$controlplane" hairpins --server "$server"
  say "Envoy was not found (set ENVOY, or put it on PATH): the rest needs it"
  exit 0
fi

say "4. Starting the workloads, a sidecar for each group of them, the gateways, and a prober in each data centre"
# NAME ADDRESS KIND-AND-OPTIONS: an Envoy at an address of its own. Its bootstrap holds its token.
proxy() {
  local name=$1 address=$net.$2
  shift 2
  if [[ ! -f $work/$name.yaml ]]; then
    "$controlplane" bootstrap --node "$name" --xds "$xds" --admin "$address:15000" --address "$address" --outbound-address "$address" "$@" > "$work/.$name"
    mv "$work/.$name" "$work/$name.yaml"
  fi
  start "$name" "$envoy" -c "$work/$name.yaml" --disable-hot-restart --concurrency 1 -l warn
}
# GROUP ADDRESS CLUSTER MESH NAMESPACE IDENTITY FIRST-PORT COUNT: applications and their sidecar.
group() {
  local name=$1 port=$((app + $7)) i servers=() inbound=()
  for ((i = 0; i < $8; i++)); do
    servers+=("$name-$((i + 1))@127.0.0.1:$((port + i))")
    inbound+=(--inbound "$((port + i))=$((15080 + i)):HTTP")
  done
  start "$name-app" "$sample" "${servers[@]}"
  proxy "$name" "$2" --kind sidecar --cluster "$3" --namespace "$5" --token-file "$work/certificates/$4/$6.token" "${inbound[@]}"
}
gateway() {
  local name=$1 address=$2 cluster=$3
  shift 3
  proxy "$name" "$address" --kind gateway --gateway "$name" --cluster "$cluster" "$@"
}
accounts-dc1-a() { group accounts-dc1-a 1.11 bank-dc1-a banking bank accounts 0 2; }
accounts-dc1-b() { group accounts-dc1-b 1.12 bank-dc1-b banking bank accounts 2 2; }
bank-api-dc1() { gateway bank-api-dc1 1.103 bank-dc1-a --token-file "$work/certificates/banking/bank-api-dc1.token"; }
umask 077
accounts-dc1-a
accounts-dc1-b
group accounts-dc2-a 2.11 bank-dc2-a banking bank accounts 4 2
group payments-dc1-b 1.13 bank-dc1-b banking bank payments 6 1
group payments-dc2-b 2.13 bank-dc2-b banking bank payments 7 1
group orders-dc1 1.21 trade-dc1 trading trade orders 8 1
group orders-dc2 2.21 trade-dc2 trading trade orders 9 1
group quotes-dc2 2.22 trade-dc2 trading trade quotes 10 1
gateway bank-ew-dc1 1.101 bank-dc1-a
gateway bank-ew-dc2 2.101 bank-dc2-a
gateway trade-ew-dc1 1.102 trade-dc1
gateway trade-ew-dc2 2.102 trade-dc2
bank-api-dc1
gateway bank-api-dc2 2.103 bank-dc2-a --token-file "$work/certificates/banking/bank-api-dc2.token"
proxy bank-edge 1.104 --kind gateway --gateway edge --namespace bank --cluster bank-dc1-a --token-file "$work/certificates/banking/bank-edge.token"
proxy trade-edge 1.105 --kind gateway --gateway edge --namespace trade --cluster trade-dc1 --token-file "$work/certificates/trading/trade-edge.token"
for dc in dc1 dc2; do
  start "prober-$dc" "$controlplane" agent --probe --network "$dc" --name "prober-$dc" --interval 500ms --timeout 500ms --server "$server"
done

# Who calls, as the table has it: where it is called, with which host and path, and which Envoy passes it on.
#   CALLER -> SERVICE          | PROXY      | URL and host
declare -A via=(
  ["orders in DC1 -> accounts"]="orders-dc1|1.21:15001/|accounts.bank.banking.mesh"
  ["orders in DC2 -> accounts"]="orders-dc2|2.21:15001/|accounts.bank.banking.mesh"
  ["payments in DC1/b -> accounts"]="payments-dc1-b|1.13:15001/|accounts"
  ["mobile app -> accounts"]="bank-edge|1.104:8085/accounts/|mobile.bank.example"
  ["orders in DC1 -> quotes"]="orders-dc1|1.21:15001/|quotes"
  ["mobile app -> orders"]="trade-edge|1.105:8085/orders/|mobile.trading.example"
)
declare -A address_of=(
  [orders-dc1]=1.21 [orders-dc2]=2.21 [payments-dc1-b]=1.13 [bank-edge]=1.104 [trade-edge]=1.105
  [bank-ew-dc1]=1.101 [bank-ew-dc2]=2.101 [trade-ew-dc1]=1.102 [trade-ew-dc2]=2.102 [bank-api-dc1]=1.103 [bank-api-dc2]=2.103
)
declare -A name_at=()
for name in "${!address_of[@]}"; do name_at[$net.${address_of[$name]}]=$name; done

# How many requests an Envoy, and the API gateways, have sent to which addresses: "PROXY ADDRESS COUNT" each.
sent() {
  local name
  for name in "$1" bank-api-dc1 bank-api-dc2; do
    curl -s -m 2 "http://$net.${address_of[$name]}:15000/clusters" | awk -F:: -v proxy="$name" \
      '$1 ~ /^p80\./ && $3 == "rq_total" { sub(/:[0-9]*$/, "", $2); count[$2] += $4 } END { for (address in count) print proxy, address, count[address] }' || true
  done
}
# Sends COUNT requests and sets `answered` ("NAME xN, ...") and `through` (the gateways, in the order of the way).
call() {
  local proxy url host before after hop line target count who=$1
  IFS='|' read -r proxy url host <<< "${via[$who]}"
  before=$(sent "$proxy")
  answered=$(curl -s -m 5 -H "Host: $host" "http://$net.$url?[1-$2]" | sed 's/^\(no healthy\|upstream\).*/(no answer)/;s/-[0-9]*$//' | sort | uniq -c | awk '{ printf "%s%s x%s", separator, $2, $1; separator = ", " }')
  after=$(sent "$proxy")
  through=""
  while read -r hop target count; do
    line=$(awk -v hop="$hop" -v target="$target" '$1 == hop && $2 == target { print $3 }' <<< "$before")
    if ((count > ${line:-0})) && [[ ${name_at[$target]:-} == *-ew-* || ${name_at[$target]:-} == *-api-* ]]; then
      through+="${through:+ }${name_at[$target]}"
    fi
  done < <(sort <<< "$after")
  through=${through:-directly}
}
# What was expected is there: the same groups answered, through the same gateways.
is_so() {
  call "$1" 20
  [[ $(tr ',' '\n' <<< "$answered" | awk '{ print $1 }' | sort | xargs) == "$(tr ' ' '\n' <<< "$2" | sort | xargs)" ]] \
    && [[ $(tr ' ' '\n' <<< "$through" | sort -u | xargs) == "$(tr ' ' '\n' <<< "$3" | sort -u | xargs)" ]]
}
# CALLER WHO-ANSWERS THROUGH: waits until it is so, and prints it.
expect() {
  local end=$((SECONDS + 40))
  until is_so "$@"; do
    ((SECONDS < end)) || fail "$1: expected $2 through $3, found $answered through $through"
    sleep 0.2
  done
  printf '   %-31s %-42s %s\n' "$1" "$answered" "$through"
}
heading() { printf '   %-31s %-42s %s\n' "CALL" "WHO ANSWERS" "THROUGH"; }
# As a registry would: PLACE HEALTH, of the accounts there. The file is replaced at once.
set_health() {
  sed "/cluster: bank-$1,/s/health: [A-Za-z]*/health: $2/" "$config/accounts.yaml" > "$work/accounts.new"
  mv "$work/accounts.new" "$config/accounts.yaml"
}
all_is_well() {
  heading
  expect "orders in DC1 -> accounts" "accounts-dc1-a accounts-dc1-b" "bank-api-dc1"
  expect "orders in DC2 -> accounts" "accounts-dc2-a" "bank-api-dc2"
  expect "payments in DC1/b -> accounts" "accounts-dc1-b" directly
  expect "mobile app -> accounts" "accounts-dc1-a" directly
}
all_is_well_without_gateway() {
  heading
  expect "orders in DC1 -> accounts" "accounts-dc2-a" "bank-api-dc2"
  expect "payments in DC1/b -> accounts" "accounts-dc1-b" directly
}
# A gateway, for callers of both networks.
withdrawn() { [[ $(curl -sf "$server/v1/probes" | grep -o "\"withdrawn\":.*" | grep -o "{\"gateway\":\"$1\"" | wc -l) -ge 2 ]]; }
# A sidecar, at both of its ports.
listens() { (: < "/dev/tcp/$net.$1/15080") && (: < "/dev/tcp/$net.$1/15081"); }

say "5. All is well: trading calls banking through the API gateway of its own data centre; inside a mesh nothing is crossed but networks"
all_is_well
expect "orders in DC1 -> quotes" "quotes-dc2" "trade-ew-dc2"
expect "mobile app -> orders" "orders-dc1" directly
curl -s -m 5 -H "Host: accounts.bank.banking.mesh" "http://$net.1.21:15001/who" | tr ' ' '\n'
"$controlplane" explain orders-dc1 banking/bank/accounts --server "$server"
curl -sf "$server/v1/graph?format=svg" > "$graph"
echo "   the graph: $graph"

say "6. The accounts of zone DC1/a are killed: the other zone. Trading's calls spill over to DC2 as in any other case of half a place that is gone"
crash accounts-dc1-a accounts-dc1-a-app
set_health dc1-a Unhealthy
heading
expect "orders in DC1 -> accounts" "accounts-dc1-b accounts-dc2-a" "bank-api-dc1 bank-api-dc2"
expect "mobile app -> accounts" "accounts-dc1-b" directly
expect "payments in DC1/b -> accounts" "accounts-dc1-b" directly
say "   It is back"
accounts-dc1-a
wait_for "accounts-dc1-a did not come back" listens 1.11
set_health dc1-a Healthy
all_is_well

say "7. Banking's API gateway in DC1 is killed: trading in DC1 uses that of DC2; nobody in banking notices"
crash bank-api-dc1
all_is_well_without_gateway
# Before that, callers may have ejected it by themselves, for half a minute: one that was withdrawn comes back as new.
wait_for "the probers did not withdraw bank-api-dc1" withdrawn bank-api-dc1
say "   It is back"
bank-api-dc1
all_is_well

say "8. All accounts of DC1 are killed: everybody calls DC2, each by a way of its own"
crash accounts-dc1-a accounts-dc1-a-app accounts-dc1-b accounts-dc1-b-app
set_health dc1-. Unhealthy
heading
expect "orders in DC1 -> accounts" "accounts-dc2-a" "bank-api-dc2"
expect "orders in DC2 -> accounts" "accounts-dc2-a" "bank-api-dc2"
expect "payments in DC1/b -> accounts" "accounts-dc2-a" "bank-ew-dc2"
expect "mobile app -> accounts" "accounts-dc2-a" "bank-ew-dc2"
say "   They are back"
accounts-dc1-a
accounts-dc1-b
wait_for "accounts-dc1-a did not come back" listens 1.11
wait_for "accounts-dc1-b did not come back" listens 1.12
set_health dc1-. Healthy
all_is_well
"$controlplane" hairpins --server "$server"

if [[ -n $check ]]; then
  grep -q '<svg' "$graph" || fail "the graph is no picture"
  say "as expected"
  exit 0
fi
say "Everything runs; Ctrl+C ends it. Try:"
cat <<TRY
  curl -H 'Host: accounts.bank.banking.mesh' http://$net.1.21:15001/who
  curl -H 'Host: mobile.bank.example' http://$net.1.104:8085/accounts
  $controlplane get paths --service banking/bank/accounts --server $server
  $controlplane explain bank-api-dc1 bank/accounts --server $server
  edit $config/accounts.yaml; see the graph: $graph
TRY
wait
