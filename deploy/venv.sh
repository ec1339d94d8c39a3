#!/usr/bin/env bash
# Makes .venv beside this folder and installs edgedet into it, once. Usage: deploy/venv.sh [EXTRA] [FOLDER]
# EXTRA: an extra of pyproject.toml, such as test. PYTHON chooses the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."
extra=${1:-} venv=${2:-.venv}

die() { echo "edgedet: $*" >&2; exit 2; }

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
  if usable "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no ${PYTHON:-python3}")
  die "needs Python 3.11 or newer, found $found; install it: sudo apt install python3.11 python3.11-venv"
fi
[ "$("$python" -c 'import struct; print(struct.calcsize("P"))')" = 8 ] ||
  die "this Python is 32-bit and LiteRT has no 32-bit packages; use the 64-bit Raspberry Pi OS"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  die "Python's venv module is missing; install it: sudo apt install python$version-venv"

# A Pi's camera library comes with the system and must be visible inside; it was built for the system's NumPy.
options=() pins=()
if "$python" -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("picamera2"))' 2>/dev/null; then
  options=(--system-site-packages)
  case $("$python" -c 'import numpy; print(numpy.__version__)' 2>/dev/null) in
    1.*) pins=("numpy<2" "opencv-python-headless<4.12") ;;
  esac
fi

# PyTorch in one known version; PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu gives a build without CUDA.
case ",$extra," in *,lab,*) pins+=("torch==2.13.0") ;; esac

stamp=$venv/.edgedet-${extra:-plain}
if [ "$stamp" -nt pyproject.toml ] && "$venv/bin/python" -c 'import edgedet' 2>/dev/null; then exit 0; fi
[ -x "$venv/bin/python" ] || { echo "making $venv with Python $version ..." >&2; "$python" -m venv "${options[@]}" "$venv"; }
echo "installing edgedet and what it needs ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".${extra:+[$extra]}" "${pins[@]}" ||
  die "the installation failed (see above); check the network, then run this again"
touch "$stamp"
