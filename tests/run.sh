#!/usr/bin/env bash
# Builds everything and runs all tests. Needs the .NET 10 SDK; sets up the rest by itself.
# The last line is "N passed, N failed, N skipped". Where CI is set, a missing peer is a failure instead of a skip.
#   tests/run.sh [--engine Embedded|Orleans]   only this engine
#   tests/run.sh [--quick]                     without the tests that start other programs
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

only="" quick=""
while [[ $# -gt 0 ]]; do
  case "$1" in
    --engine) only="${2:?--engine needs a name}"; shift 2 ;;
    --quick) quick=1; shift ;;
    *) sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
  esac
done

if ! command -v dotnet > /dev/null; then
  echo "dotnet was not found: install the .NET 10 SDK (https://dotnet.microsoft.com/download)" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

tools/choose-engine.sh
chosen=$(sed -n 's|.*<Engine>\(.*\)</Engine>.*|\1|p' artifacts/engine.props)
engines=(Embedded)
missing=""
if [[ $chosen == Orleans ]]; then
  engines+=(Orleans)
else
  missing="Orleans' packages do not restore here: only the Embedded engine was tested"
fi
[[ -n $only ]] && engines=("$only")
[[ -n $quick ]] || tests/peers.sh

passed=0 failed=0 skipped=0 broken=()

# Runs one test program and adds up what its summary says.
run() {
  local engine=$1 project=$2
  shift 2
  local program=artifacts/$engine/bin/ControlPlane.Tests.$project/release/ControlPlane.Tests.$project
  local log=artifacts/test-$engine-$project.log
  echo "== $project on $engine"
  "$program" -noColor -noLogo -result-xml "artifacts/test-$engine-$project.xml" "$@" > "$log" 2>&1 || true
  local summary
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -1 || true)
  if [[ -z $summary ]]; then
    tail -50 "$log"
    failed=$((failed + 1))
    broken+=("$project on $engine did not finish")
    return
  fi
  read -r total errors fails skips <<< "$(sed -E 's/[^0-9]+/ /g' <<< "$summary")"
  passed=$((passed + total - fails - skips))
  failed=$((failed + fails + errors))
  skipped=$((skipped + skips))
  grep -E '\[SKIP\]' -A1 "$log" || true
  if [[ $((fails + errors)) -gt 0 ]]; then
    grep -vE '^ *(Discover|Starting|Finished)' "$log"
    broken+=("$project on $engine: $fails failed")
  fi
  tail -1 "$log"
}

for engine in "${engines[@]}"; do
  echo "== building for $engine"
  if ! dotnet build ControlPlane.sln -c Release -nologo -v quiet -p:Engine="$engine" > "artifacts/build-$engine.log" 2>&1; then
    grep -E 'error|warning' "artifacts/build-$engine.log" | sort -u | head -40
    failed=$((failed + 1))
    broken+=("the build for $engine")
    continue
  fi
  # Protocol, routing, generators and adapters do not depend on the engine; tests of several silos are there in a build for Orleans only.
  if [[ $engine == "${engines[0]}" ]]; then
    run "$engine" Unit
    [[ -n $quick ]] || run "$engine" Conformance
    [[ -n $quick ]] || run "$engine" EndToEnd
  else
    run "$engine" Unit -trait "Engine=each" -trait "Engine=$engine"
    [[ -n $quick ]] || run "$engine" EndToEnd -trait "Engine=each" -trait "Engine=$engine"
  fi
done

for what in "${broken[@]:-}"; do
  [[ -z $what ]] || echo "failed: $what"
done
[[ -z $missing ]] || echo "$missing"
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
