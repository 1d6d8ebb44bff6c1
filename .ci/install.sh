# What this tree needs from Debian 12, by exact name, and how to get it. Sourced by dev.
#
# Boost: the 1.81 packages only. Debian's other Boost (libboost-dev, 1.74) would remove them.
readonly packages_build="git ca-certificates g++ cmake ninja-build pkg-config ccache mold
  libboost1.81-dev libboost-context1.81-dev libboost-fiber1.81-dev libboost-json1.81-dev
  libspdlog-dev libfmt-dev libcli11-dev libisal-dev zlib1g-dev liblz4-dev libzstd-dev libxxhash-dev graphviz
  libgtest-dev libgmock-dev librapidcheck-dev"
readonly packages_check="binutils clang-19 clang-format-19 libclang-rt-19-dev locales python3 util-linux"
# For these a machine's own, newer one does as well: command and package.
readonly tools_interop="javac:openjdk-17-jdk-headless mvn:maven go:golang-go node:nodejs npm:npm python3:python3"

missing_packages() {
  local installed package
  installed=" $(dpkg-query -W -f='${Package}:${db:Status-Status} ' "$@" 2>/dev/null || true)"
  for package in "$@"; do
    [[ $installed == *" $package:installed "* ]] || echo "$package"
  done
}

missing_tools() {
  local tool
  for tool in $tools_interop; do
    command -v "${tool%%:*}" >/dev/null || missing_packages "${tool#*:}"
  done
}

# install_missing PART...: build, check, interop. Quick when nothing is missing.
install_missing() {
  local part wanted=() missing=()
  command -v dpkg-query >/dev/null || die "this needs Debian 12: there is no dpkg-query here"
  for part in "$@"; do
    case $part in
      build) read -ra wanted -d '' <<<"$packages_build " || true ;;
      check) read -ra wanted -d '' <<<"$packages_check " || true ;;
      interop) mapfile -t -O "${#missing[@]}" missing < <(missing_tools); continue ;;
    esac
    mapfile -t -O "${#missing[@]}" missing < <(missing_packages "${wanted[@]}")
  done
  ((${#missing[@]})) || return 0
  say "installing: ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
    die "the packages above could not be installed. Needed is Debian 12 with its main, updates and security archives"
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif sudo -n true 2>/dev/null || { [[ -t 0 ]] && command -v sudo >/dev/null; }; then
    sudo "$@"
  else
    die "packages are missing and this is neither root nor may it use sudo. As root, run: ./dev install"
  fi
}

cmd_install() { install_missing build check interop; }
