#!/usr/bin/env bash
# Replaces three silos of an older build by this one, one after the other, under load, and one of them back again.
# Builds both for Orleans; needs what tests/run.sh needs.
#   tests/upgrade.sh [COMMIT]   the older one; without, the commit before this one
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

case "${1:-}" in -*) sed -n '2,4p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;; esac
commit=$(git rev-parse --verify --quiet "${1:-HEAD~1}^{commit}") || { echo "there is no commit '${1:-HEAD~1}'" >&2; exit 2; }
older=$(mktemp -d)
trap 'git worktree remove --force "$older" > /dev/null 2>&1 || true; rm -rf "$older"' EXIT

tests/peers.sh
echo "== building $(git log -1 --format='%h %s' "$commit")"
git worktree add --quiet --detach "$older" "$commit"
dotnet build "$older/silo" -c Release -nologo -v quiet -p:Engine=Orleans
echo "== building this"
dotnet build tests/EndToEnd -c Release -nologo -v quiet -p:Engine=Orleans
echo "== upgrading"
CONTROLPLANE_OLDER="$older/artifacts/Orleans/bin/ControlPlane.Silo/release/controlplane" \
  artifacts/Orleans/bin/ControlPlane.Tests.EndToEnd/release/ControlPlane.Tests.EndToEnd -noColor -noLogo -trait "Engine=Upgrade"
