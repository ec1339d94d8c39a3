#!/usr/bin/env bash
# Makes the environments and runs the whole fast test suite. Options go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the end-to-end tests run against: an RTSP server, a broker, a screen. Without one its tests say why they skip.
packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav python3-gi gir1.2-gst-rtsp-server-1.0 mosquitto mosquitto-clients xvfb xdotool imagemagick minisign"
# shellcheck disable=SC2086 # a list of words
if command -v dpkg >/dev/null && ! dpkg -s $packages >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then
    echo "installing the test servers ..." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
      >/dev/null || echo "the test servers can't be installed: their tests will skip" >&2
  else
    echo "tests that need a server will skip; for them: sudo apt install" $packages >&2
  fi
fi

bash deploy/venv.sh test,web,mqtt,notify,display

# tflite-runtime needs NumPy 1 and Python 3.11, and the lab's packages are large: environments of their own, for which
# Python 3.11 is the reference. Their tests run beside the others, most of which wait for programs; README's commands
# follow them, so that both take about as long.
beside=tests/e2e/test_readme.py
apart() {
  (
    export PYTHON=python3.11 OMP_NUM_THREADS=1
    bash deploy/venv.sh test,tflite .venv-tflite && tested .venv-tflite tests/golden "$@" &&
      bash deploy/venv.sh test,lab .venv-lab && tested .venv-lab edgedet/lab tests/lab "$@"
  ) && tested .venv "$beside" "$@"
}

# Many tests measure time, and two suites share the machine: what fails is tried once more, by itself, and that is said.
tested() {
  local python=$1/bin/python result=0 cache
  cache=$(mktemp -d)
  local options=(-o "cache_dir=$cache" "${@:2}")
  "$python" -m pytest "${options[@]}" || result=$?
  if [ "$result" = 1 ]; then
    [ "$1" != .venv ] || [ -z "${apart:-}" ] || while kill -0 "$apart" 2>/dev/null; do sleep 1; done
    echo "--- once more, what failed:"
    result=0
    "$python" -m pytest "${options[@]}" --last-failed --last-failed-no-failures none || result=$?
  fi
  rm -rf "$cache"
  return "$result"
}
said=$(mktemp)
trap '[ -z "${apart:-}" ] || kill -- "-$apart" 2>/dev/null || true; rm -f "$said"' EXIT
if command -v python3.11 >/dev/null; then
  set -m # a process group of its own, which Ctrl-C in a test can interrupt
  apart "$@" >"$said" 2>&1 &
  apart=$!
  set +m
else
  echo "no python3.11: the tests of tflite-runtime and of the lab are left out" >&2
  beside=
fi

result=0
tested .venv --ignore=edgedet/lab --ignore=tests/lab ${beside:+"--ignore=$beside"} "$@" || result=$?
if [ -n "${apart:-}" ]; then
  wait "$apart" || result=$?
  apart=
  cat "$said"
fi
exit "$result"
