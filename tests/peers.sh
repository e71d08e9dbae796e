#!/usr/bin/env bash
# Fetches the real components that tests need and that registries have, into artifacts/peers. What cannot be had is said; the tests then
# skip, or fail where CI is set.
set -uo pipefail
cd "$(dirname "$0")/.."
peers=artifacts/peers
mkdir -p "$peers"

# The official Envoy protos, and a gRPC client for Node that speaks xDS.
if [[ ! -d $peers/grpc-js/node_modules/@grpc/grpc-js-xds ]]; then
  if command -v npm > /dev/null && npm install --prefix "$peers/grpc-js" --no-audit --no-fund --loglevel=error \
      @grpc/grpc-js@1.14.7 @grpc/grpc-js-xds@1.14.1 @grpc/proto-loader@0.8.0 > "$peers/npm.log" 2>&1; then
    echo "peer: grpc-js-xds 1.14.1"
  else
    echo "peer: grpc-js-xds could not be installed, see $peers/npm.log"
  fi
fi

# Real registries from Debian, unpacked beside each other; nothing is installed on the machine.
tests/debian-peers.sh

# AWS, as moto plays it.
if ! command -v moto_server > /dev/null; then
  echo "peer: moto_server is not on PATH (pip install 'moto[server]==5.2.1')"
fi
