#!/usr/bin/env bash
# Finds out whether Orleans can be built here, and writes what was found to artifacts/engine.props, which every build reads.
# Prints one line. With --again it finds out anew; else what was found for these package versions is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

found=artifacts/engine.props
if [[ "${1:-}" == --again || ! -f $found || Directory.Packages.props -nt $found ]]; then
  mkdir -p artifacts
  rm -f "$found"
  engine=Embedded
  why="Orleans' packages cannot be restored or compiled here, see artifacts/probe.log"
  if dotnet build tools/probe -nologo -v quiet -p:Engine=Orleans > artifacts/probe.log 2>&1; then
    engine=Orleans
    why="its packages restore and compile here"
  fi
  cat > "$found.new" <<PROPS
<Project>
  <!-- $why -->
  <PropertyGroup>
    <Engine>$engine</Engine>
  </PropertyGroup>
</Project>
PROPS
  mv "$found.new" "$found"
fi
echo "engine: $(sed -n 's|.*<Engine>\(.*\)</Engine>.*|\1|p' "$found") ($(sed -n 's|.*<!-- \(.*\) -->.*|\1|p' "$found"))"
