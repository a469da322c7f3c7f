# Sourced by the run scripts: installs Debian packages that are missing, and only those.
#   install_missing <package> …
install_missing() {
  missing=""
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing:$missing" >&2
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "Packages are missing and there is no sudo. As root: apt-get install$missing" >&2
      return 1
    }
    as_root=sudo
  fi
  # shellcheck disable=SC2086 # the names are words
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
    $as_root apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >&2
  }
}

build_packages="g++ cmake ninja-build pkg-config python3 libcpp-httplib-dev rapidjson-dev libsqlite3-dev libcli11-dev
  catch2 libssl-dev libboost-dev libre2-dev libfmt-dev libspdlog-dev zlib1g-dev"
