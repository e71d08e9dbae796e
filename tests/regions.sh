#!/usr/bin/env bash
# Three regions under random faults, checked all the time; half an hour by default. The exit code is 0 if nothing was wrong.
#   tests/regions.sh [--minutes N] [--seed N] [--engine Embedded|Orleans]
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

engine=Embedded minutes=30 seed=$RANDOM
while [[ $# -gt 0 ]]; do
  case "$1" in
    --minutes) minutes="${2:?--minutes needs a number}"; shift 2 ;;
    --seed) seed="${2:?--seed needs a number}"; shift 2 ;;
    --engine) engine="${2:?--engine needs a name}"; shift 2 ;;
    *) sed -n '2,3p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
  esac
done

mkdir -p artifacts
if ! dotnet build tests/EndToEnd -c Release -nologo -v quiet -p:Engine="$engine" > "artifacts/build-$engine.log" 2>&1; then
  grep -E 'error|warning' "artifacts/build-$engine.log" | sort -u | head -40
  exit 1
fi
REGIONS_MINUTES=$minutes REGIONS_SEED=$seed "artifacts/$engine/bin/ControlPlane.Tests.EndToEnd/release/ControlPlane.Tests.EndToEnd" \
  -noColor -noLogo -showliveoutput -method '*ThreeRegions_UnderRandomFaults*'
