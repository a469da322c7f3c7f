# Sourced by the run scripts: installs Debian packages that are missing, and only those.
#   install_missing <package> …
# shellcheck disable=SC2086 # lists of words are meant as words
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
  # An old list of packages, or none, is reason for a second try only.
  try_install $missing 2>/dev/null || {
    $as_root apt-get update -qq >/dev/null
    try_install $missing
  }
}
try_install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >/dev/null
}

# shellcheck disable=SC2034 # for the scripts that source this
build_packages="g++ cmake ninja-build pkg-config python3 libcpp-httplib-dev rapidjson-dev libsqlite3-dev libcli11-dev
  catch2 libssl-dev libboost-dev libre2-dev libfmt-dev libspdlog-dev zlib1g-dev"
