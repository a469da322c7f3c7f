#!/bin/sh
# The load balancer's HTTP under bytes that nobody thought of: libFuzzer with the sanitizers of addresses and undefined
# behaviour, on emulator/loadbalancer/http_fuzz.cpp. Compiles only what that needs; an input that breaks something is
# left beside the messages and shown.
#
#   sh compat-tests/fuzz.sh [seconds, else 25]
set -eu
cd "$(dirname "$0")/.."
. emulator/packages.sh
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages clang libclang-rt-14-dev

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# All as one file: what they share is compiled once.
rooms=emulator/loadbalancer
printf '#include "%s.cpp"\n' "$rooms/http_fuzz" "$rooms/http_message" "$rooms/forwarding" "$rooms/rule_matching" \
  "$rooms/stickiness" "$rooms/transforms" "$rooms/desync" emulator/core/text emulator/core/clock |
  clang++ -std=c++20 -O1 -g1 -I. -DRAPIDJSON_HAS_STDSTRING=1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -x c++ - -o "$folder/fuzz" -lfmt -lcrypto -lre2

# Messages that matter, to begin with.
mkdir "$folder/seeds"
seed() {
  printf '%b' "$2" >"$folder/seeds/$1"
}
seed get 'GET /a/b?x=1 HTTP/1.1\r\nHost: www.a.test:80\r\nCookie: AWSALB=AAAA; a=b\r\nX-Amzn-Trace-Id: Root=1-2-3\r\n\r\n'
seed both 'POST http://b.test/p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
seed twice 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'
seed old 'GET / HTTP/1.0\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nContent_Length: 1\r\n folded\r\n\r\n'
seed upgrade 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Drydock-Source: eni-1\r\n\r\n'
seed response 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: session=1\r\n\r\nabc'
seed chunks '5;ext=1\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\nNEXT'

"$folder/fuzz" -max_total_time="${1:-25}" -max_len=4096 -timeout=5 -verbosity=0 -print_final_stats=1 \
  -artifact_prefix="$folder/" "$folder/seeds" >"$folder/log" 2>&1 || {
  cat "$folder/log"
  for input in "$folder"/crash-* "$folder"/timeout-* "$folder"/oom-* "$folder"/leak-*; do
    [ ! -f "$input" ] || od -c "$input"
  done
  exit 1
}
grep 'number_of_executed_units\|average_exec_per_sec' "$folder/log"
