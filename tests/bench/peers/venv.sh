#!/usr/bin/env bash
# Makes .venv-peers: what the peers' loops need, in newest versions, apart from edgedet's own environments.
set -euo pipefail
cd "$(dirname "$0")/../../.."
venv=.venv-peers
packages=(numpy opencv-python-headless ai-edge-litert onnxruntime supervision imageio-ffmpeg mediapipe)

[ ! "$venv/.done" -nt tests/bench/peers/venv.sh ] || exit 0
[ -x "$venv/bin/python" ] || "${PYTHON:-python3.11}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
# Peers bring OpenCV of other kinds, which overwrite each other's files: the headless one comes last.
"$venv/bin/python" -m pip uninstall --quiet --yes opencv-python opencv-contrib-python opencv-python-headless
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps opencv-python-headless
touch "$venv/.done"
