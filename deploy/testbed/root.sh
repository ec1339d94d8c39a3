#!/usr/bin/env bash
# Makes a Debian to try things in. Usage: deploy/testbed/root.sh SUITE ARCH FOLDER
# SUITE: bookworm or trixie; ARCH: amd64 or arm64 (under qemu). Needs root, and debootstrap, qemu-user-static,
# binfmt-support. The first time takes minutes; then a copy is made of what is in $TESTBED_CACHE, or else in
# ~/.cache/edgedet-testbed.
set -euo pipefail

die() { echo "root.sh: $*" >&2; exit 2; }

[ $# = 3 ] || die "usage: root.sh bookworm|trixie amd64|arm64 FOLDER"
suite=$1 arch=$2 folder=$3
cache=${TESTBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgedet-testbed}
base=$cache/$suite-$arch
packages=systemd,systemd-sysv,dbus,python3,python3-venv,python3-pip,procps,iproute2,ca-certificates

case $suite in bookworm | trixie) ;; *) die "$suite: not known; there are bookworm and trixie" ;; esac
case $arch in amd64 | arm64) ;; *) die "$arch: not known; there are amd64 and arm64" ;; esac
[ "$(id -u)" = 0 ] || die "making a root needs root; run it with sudo"
for tool in debootstrap update-binfmts; do
  command -v "$tool" >/dev/null || die "$tool is missing: apt install debootstrap qemu-user-static binfmt-support"
done
[ ! -e "$folder" ] || die "$folder: is there already; name a new folder"

emulate() {
  if [ "$arch" != arm64 ] || [ "$(uname -m)" = aarch64 ]; then return; fi
  mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64 ||
    die "qemu-user-static is missing: apt install qemu-user-static"
}

# In mounts of its own: a run that was ended half-way leaves none behind, and what it made can be removed.
make_base() {
  echo "making $base ..." >&2
  rm -rf --one-file-system "$base"
  mkdir -p "$cache/debs"
  unshare --mount --pid --fork --kill-child debootstrap --arch="$arch" --variant=minbase --include="$packages" \
    --cache-dir="$cache/debs" "$suite" "$base" >"$base.log" 2>&1 || die "debootstrap failed: see $base.log"
  touch "$base/.made"
}

emulate
mkdir -p "$cache"
exec 9>"$base.lock" # one at a time: who comes second waits, and copies
flock 9
[ -e "$base/.made" ] || make_base
cp -a "$base" "$folder"
rm "$folder/.made"
# names and certificates as on this machine: behind a proxy of its own pip could not go out else
cp /etc/resolv.conf "$folder/etc/resolv.conf"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
