#!/usr/bin/env bash
# Runs a command in a root that root.sh made. Usage: deploy/testbed/inside.sh [--offline] FOLDER COMMAND...
# It has mounts and processes of its own: once it has ended, however that came, nothing of it is mounted or running,
# and the folder can be removed. --offline: without a network. Needs root. /sys stays empty: an emulated program that
# finds another architecture's processors there may crash (LiteRT does).
set -euo pipefail
options=(--mount --pid --fork --kill-child)
if [ "${1:-}" = --offline ]; then options+=(--net) && shift; fi
root=$(realpath "$1")
shift

# The inner shell stays, as process 1: signals that a command knows nothing of would be lost on it.
# shellcheck disable=SC2016 # for the inner shell
exec unshare "${options[@]}" bash -euc '
  root=$1 && shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  chroot "$root" "$@" || exit' inside "$root" \
  env -u PIP_FIND_LINKS HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  PIP_NO_CACHE_DIR=1 DEBIAN_FRONTEND=noninteractive "$@"
