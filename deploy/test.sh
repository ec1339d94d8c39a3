#!/usr/bin/env bash
# Makes the environment with the test extra and runs the whole fast test suite. Options go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the end-to-end tests run against: an RTSP server. Without it those tests say why they skip.
packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav python3-gi gir1.2-gst-rtsp-server-1.0"
# shellcheck disable=SC2086 # a list of words
if command -v dpkg >/dev/null && ! dpkg -s $packages >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then
    echo "installing the test servers ..." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
      >/dev/null || echo "the test servers can't be installed: their tests will skip" >&2
  else
    echo "the RTSP tests will skip; for them: sudo apt install" $packages >&2
  fi
fi

bash deploy/venv.sh test
.venv/bin/python -m pytest --ignore=edgedet/lab --ignore=tests/lab "$@"

# tflite-runtime needs NumPy 1 and Python 3.11: the same golden tests, in an environment of its own.
if command -v python3.11 >/dev/null; then
  PYTHON=python3.11 bash deploy/venv.sh test,tflite .venv-tflite
  .venv-tflite/bin/python -m pytest tests/golden "$@"
  # The lab's packages are large: an environment of their own too. Python 3.11 is its reference version.
  PYTHON=python3.11 bash deploy/venv.sh test,lab .venv-lab
  .venv-lab/bin/python -m pytest edgedet/lab tests/lab "$@"
else
  echo "no python3.11: the tests of tflite-runtime and of the lab are left out" >&2
fi
