#!/bin/sh
# Builds Drydock and serves it: installs the Debian packages that are missing, nothing else.
#
#   sh emulator/run.sh [flags of drydock serve]
#   sh emulator/run.sh --demo     also runs the reference deployment and shows what passes and what is blocked
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. emulator/packages.sh

demo=no
if [ "${1:-}" = --demo ]; then
  demo=yes
  shift
fi

# shellcheck disable=SC2086 # a list of words
install_missing $build_packages
cmake --preset release >/dev/null
cmake --build --preset release --target drydock

drydock=$root/build/release/emulator/drydock
[ "$demo" = yes ] || exec "$drydock" serve "$@"

install_missing awscli skopeo curl
port=${DRYDOCK_PORT:-4566}
for argument in "$@"; do
  case $argument in --port=*) port=${argument#--port=} ;; esac
  [ "${previous:-}" != --port ] || port=$argument
  previous=$argument
done
export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
! curl -s -o /dev/null "$AWS_ENDPOINT_URL" || { echo "Something answers at $AWS_ENDPOINT_URL already; try --port." >&2; exit 1; }
"$drydock" serve "$@" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server"' EXIT
trap 'exit 130' INT TERM
sh docker/examples/reference/demo.sh
echo
echo "The deployment stays up. Ctrl-C ends the server."
wait "$server"
