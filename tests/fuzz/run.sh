#!/usr/bin/env bash
# Fuzzes every parser of edgedet, guided by coverage: bash tests/fuzz/run.sh [--minutes M] [--only TARGET] [--seed N]
# Ends with 1 if anything went wrong; the inputs are then below build/fuzz/. It needs Python 3.11, for atheris.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v python3.11 >/dev/null || { echo "fuzz: needs python3.11; install it: sudo apt install python3.11-venv" >&2; exit 2; }
PYTHON=python3.11 bash deploy/venv.sh test,web,mqtt,notify .venv-fuzz
.venv-fuzz/bin/python -c 'import atheris, google_crc32c' 2>/dev/null ||
  .venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0 \
    defusedxml google-crc32c pillow protobuf # these four are for the datasets' formats
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec .venv-fuzz/bin/python -m tests.fuzz "$@"
