#!/usr/bin/env bash
# Unpacks the programs that tests need and that Debian has into artifacts/peers, with an apt of its own: nothing is installed on the machine.
# Quick when they are there already. Always ends well: what cannot be had is said.
set -uo pipefail
cd "$(dirname "$0")/.."
peers=$PWD/artifacts/peers
apt=$peers/apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirror that this machine's own apt uses.
mirror() {
  { grep -hE '^URIs:' /etc/apt/sources.list.d/*.sources; grep -hE '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list; } 2> /dev/null |
    grep -oE '(https?|file)://[^ ]+/debian/?( |$)' | head -1 | sed 's|/* *$||'
}

# An apt whose lists and packages lie in a folder of its own, for one suite of one mirror.
configure() {
  local folder=$1 uri=$2 suite=$3
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/parts"
  echo "deb [signed-by=$keyring check-valid-until=no] $uri $suite main" > "$folder/sources.list"
  : > "$folder/status"
  # What the machine's own configuration says of proxies and the like goes on counting.
  cat > "$folder/apt.conf" << END
Dir::State::Lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "$folder/parts";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "2";
END
  export APT_CONFIG=$folder/apt.conf
}

# fetch NAME SUITE PACKAGE[=VERSION] PROGRAM: PROGRAM is then at artifacts/peers/NAME/PROGRAM.
fetch() {
  local name=$1 suite=$2 package=$3 program=$4 uri
  local folder=$apt/$suite log=$apt/$name.log
  [[ -x $peers/$name/$program ]] && return
  if ! command -v apt-get > /dev/null || ! command -v dpkg > /dev/null; then
    echo "peer: $name comes from Debian's packages: without apt-get and dpkg put it on PATH yourself"
    return
  fi
  mkdir -p "$apt"
  : > "$log"
  for uri in "$(mirror)" http://deb.debian.org/debian http://archive.debian.org/debian; do
    [[ -z $uri ]] && continue
    configure "$folder" "$uri" "$suite"
    if apt-get update --error-on=any >> "$log" 2>&1 && (cd "$folder" && rm -f -- *.deb && apt-get download "$package" >> "$log" 2>&1) &&
        rm -rf "${peers:?}/$name" && dpkg -x "$folder"/*.deb "$peers/$name" >> "$log" 2>&1; then
      echo "peer: $package"
      rm -f -- "$folder"/*.deb
      return
    fi
  done
  echo "peer: $package could not be had, see $log"
}

fetch consul bullseye consul=1.8.7+dfsg1-2+b3 usr/bin/consul
fetch nats bookworm nats-server usr/sbin/nats-server
# Most machines that have PostgreSQL's client libraries have it; where it is not installed, the server's own package is enough.
if ! command -v postgres > /dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null; then
  fetch postgres bookworm postgresql-15 usr/lib/postgresql/15/bin/postgres
fi
