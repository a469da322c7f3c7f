#!/bin/sh
# Builds everything, runs every test: the unit tests of all rooms, then real clients against the binary.
# Installs what is missing of Debian's packages and javascript/'s, nothing else. The last line is the runner's own count.
#
#   sh compat-tests/run.sh [arguments for pytest]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. emulator/packages.sh
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages skopeo curl
command -v aws >/dev/null || install_missing awscli
command -v npm >/dev/null || install_missing nodejs npm ca-certificates

# The SDK for JavaScript, again only when the lock file has changed.
(
  cd compat-tests/javascript
  cmp -s package-lock.json node_modules/.installed || {
    npm ci --loglevel error --no-audit --no-fund
    cp package-lock.json node_modules/.installed
  }
)

# A Python that has the clients already is used as it is.
python=python3
"$python" -c 'import boto3, pytest, xdist' 2>/dev/null || {
  install_missing python3-boto3 python3-pytest python3-pytest-xdist
  python=/usr/bin/python3
}

cmake --preset release >/dev/null
cmake --build --preset release
ctest --preset release --quiet || ctest --preset release --rerun-failed --output-on-failure
export DRYDOCK_BINARY="$root/build/release/emulator/drydock"
cd compat-tests
exec "$python" -m pytest -n "$(nproc)" --dist loadfile "$@"
