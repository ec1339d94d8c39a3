#!/usr/bin/env bash
# Makes the environments and runs the whole fast test suite. Options go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the end-to-end tests run against: an RTSP server, a broker, a screen. Without one its tests say why they skip.
packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav python3-gi gir1.2-gst-rtsp-server-1.0 mosquitto mosquitto-clients xvfb xdotool imagemagick"
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
# Python 3.11 is the reference. They are made while the first tests run.
others=
if command -v python3.11 >/dev/null; then
  export PYTHON=python3.11
  (bash deploy/venv.sh test,tflite .venv-tflite && bash deploy/venv.sh test,lab .venv-lab) &
  others=$!
else
  echo "no python3.11: the tests of tflite-runtime and of the lab are left out" >&2
fi

.venv/bin/python -m pytest --ignore=edgedet/lab --ignore=tests/lab "$@"

if [ -n "$others" ]; then
  wait "$others"
  .venv-tflite/bin/python -m pytest tests/golden "$@"
  .venv-lab/bin/python -m pytest edgedet/lab tests/lab "$@"
fi
