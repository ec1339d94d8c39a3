#!/usr/bin/env bash
# Boots a Debian with systemd, installs edgedet in it and tries the service: a line for each check, exit status 1 if one
# failed. Usage: deploy/testbed/systemd.sh [bookworm|trixie] [FOLDER]
# FOLDER: where the Debian is put, and kept; one that is there already is used as it is. Needs root, systemd-container,
# and what root.sh needs. The network is used for the installation alone: the service runs without one.
set -euo pipefail
suite=${1:-bookworm} root=${2:-} kept=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
machine=edgedet-$suite-$$ failed=0 nspawn='' init=''

die() { echo "systemd.sh: $*" >&2; exit 2; }
within() { nsenter -t "$init" -m -u -i -n -p -C -r -w "$@"; }
ctl() { within /bin/systemctl "$@"; }
show() { ctl show -P "$2" "$1"; }

# until SECONDS COMMAND...: as soon as the command succeeds; false if it never does.
until_() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

# check TEXT COMMAND...: one line; what the command said only if it failed.
check() {
  local text=$1 began=$SECONDS said code
  shift
  set +e  # in a condition the first failure would not end the function
  said=$(set -e; "$@" 2>&1)
  code=$?
  set -e
  if [ "$code" = 0 ]; then
    echo "ok      $text ($((SECONDS - began)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $text"
    tail -n 15 <<<"          ${said//$'\n'/$'\n'          }"
  fi
}

# The files of this checkout as it is now.
checkout() { git ls-files -coz --exclude-standard | while read -rd '' each; do [ ! -e "$each" ] || printf '%s\0' "$each"; done; }

make_root() {
  [ -z "$root" ] || [ ! -e "$root" ] || return 0
  [ -n "$root" ] || root=$(mktemp -d)/root
  "$here/root.sh" "$suite" amd64 "$root"
  mkdir -p "$root/usr/src/edgedet"
  (cd "$here/../.." && checkout | tar -c --null -T -) | tar -x -C "$root/usr/src/edgedet"
  echo "installing in $root ..." >&2
  "$here/inside.sh" "$root" bash -c 'apt-get -qq update && apt-get -qq install --yes --no-install-recommends faketime &&
    bash /usr/src/edgedet/deploy/install.sh --no-start --source demo: --extras web' >"$root.install" 2>&1 ||
    die "the installation failed: $(tail -n 3 "$root.install")"
}

boot() {
  # the newer systemd wants the unified hierarchy; nothing of the bed reaches the machine's network
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --boot --directory "$root" --machine "$machine" --register=no \
    --keep-unit --private-network --console=read-only </dev/null >"$root.console" 2>&1 &
  nspawn=$!
  until_ 20 pgrep -P "$nspawn" || die "it doesn't boot: see $root.console"
  init=$(pgrep -P "$nspawn" | head -n 1)
  until_ 60 is_up || die "it doesn't come up: see $root.console"
}
is_up() { [[ $(ctl is-system-running) =~ running|degraded ]]; }

shut_down() {
  ctl poweroff || true
  wait "$nspawn" || true
  nspawn=''
}

# shellcheck disable=SC2329 # called by the trap
clean_up() {
  if [ -n "$nspawn" ]; then kill "$nspawn" 2>/dev/null; wait "$nspawn" || true; fi
  [ -n "$kept" ] || [ -z "$root" ] || rm -rf --one-file-system "$(dirname "$root")"
}

[ "$(id -u)" = 0 ] || die "booting a root needs root; run it with sudo"
for tool in systemd-nspawn nsenter debootstrap git; do
  command -v "$tool" >/dev/null || die "$tool is missing: apt install systemd-container debootstrap git"
done
trap clean_up EXIT
make_root
# shellcheck source=deploy/testbed/systemd/checks.sh
. "$here/systemd/checks.sh"
boot
run_checks
[ "$failed" = 0 ] || { echo "$failed checks failed"; exit 1; }
echo "all is well on $suite with $(ctl --version | head -n 1)"
