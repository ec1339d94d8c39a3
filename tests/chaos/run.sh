#!/usr/bin/env bash
# Runs every fault case and writes tests/chaos/MATRIX.md: about half an hour; as root, or what needs that isn't run.
# Options go to python -m tests.chaos; with --only WORD some are run and nothing is written.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav python3-gi gir1.2-gst-rtsp-server-1.0 mosquitto mosquitto-clients openssl iproute2 nftables
  e2fsprogs faketime util-linux"

# What strikes and what is struck beside the program; without it its cases are counted as not run.
prepare() {
  # shellcheck disable=SC2086 # a list of words
  if command -v dpkg >/dev/null && ! dpkg -s $packages >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
      echo "installing what the cases need ..." >&2
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
        >/dev/null || echo "it can't be installed: some cases will not run" >&2
    else
      echo "some cases will not run; for them: sudo apt install" $packages >&2
    fi
  fi
  bash deploy/venv.sh test,slow,web,mqtt,notify,display
}

prepare
case " $* " in
  *" --only"* | *" --list "*) exec .venv/bin/python -m tests.chaos "$@" ;;
  *) exec .venv/bin/python -m tests.chaos --write "$@" ;;
esac
