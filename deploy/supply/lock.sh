#!/usr/bin/env bash
# Makes deploy/locks anew: the newest versions that pyproject.toml allows, by the hashes of their files, for Python 3.11
# to 3.13 on arm64 and amd64. Usage: deploy/supply/lock.sh [--check]
#   --check  change nothing; ask the package index whether each machine finds files for what is locked
# Needs the network. Another index than pip's own: UV_DEFAULT_INDEX for uv, PIP_INDEX_URL for pip.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
EXTRAS=(web mqtt notify metrics archive display gpio)

tools() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv packaging
}

compile() {
  local out=$1
  shift
  "$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --output-file "$out" "$@"
}

until_python() {
  cp "$checkout/pyproject.toml" .
  printf '%s\n' '[tool.uv]' "environments = [\"sys_platform == 'linux' and python_version < '$1'\"]" >>pyproject.toml
}

resolve() {
  local extra options=()
  for extra in "${EXTRAS[@]}"; do options+=(--extra "$extra"); done
  cd "$work"
  until_python 3.14
  # uv takes no notice of where Requires-Python ends: 1.3.1 is for Pythons before 3.11
  echo 'backports-strenum<1.3' >limits.txt
  compile all.txt --constraint limits.txt "${options[@]}" pyproject.toml
  # what pyproject.toml builds with, and what imutils does
  venv/bin/python - >build.in <<'PYTHON'
import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "setuptools>=70.1", sep="\n")
PYTHON
  compile build.txt build.in
  # the same but for NumPy and what goes with it; no system with NumPy 1 has Python 3.13
  until_python 3.13
  grep -E '^[a-z0-9-]+==' all.txt | grep -Ev '^(numpy|opencv-python-headless|ai-edge-litert|ml-dtypes)==' | sed 's/ *\\$//' \
    >same.txt
  printf '%s\n' 'numpy<2' 'opencv-python-headless<4.12' >>same.txt
  compile numpy1.txt --constraint same.txt pyproject.toml
  venv/bin/python "$here/split.py" all.txt numpy1.txt build.txt
}

# Every machine must find a wheel whose hash is in the lock. pip asks markers of its own Python: so they are answered here.
check() {
  local machine python minor tags
  for machine in aarch64 x86_64; do
    tags=(--platform "manylinux2014_$machine")
    for ((minor = 36; minor >= 17; minor--)); do tags+=(--platform "manylinux_2_${minor}_$machine"); done
    for python in 3.11 3.12 3.13; do
      found "$machine" "$python" plain build "${EXTRAS[@]}"
      [ "$python" = 3.13 ] || found "$machine" "$python" plain-numpy1
    done
  done
}

found() {
  local options=()
  # pip also asks its own Python whether a wheel will do
  [ "$2" = "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ] || options=(--ignore-requires-python)
  "$work/venv/bin/python" "$here/split.py" --for "$@" >"$work/list.txt"
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --dry-run --target "$work/target" \
    --no-deps --require-hashes --only-binary=:all: --implementation cp --python-version "$2" "${tags[@]}" \
    "${options[@]}" -r "$work/list.txt"
  echo "$1, Python $2, ${*:3}: every file is there"
}

tools
[ "${1:-}" = --check ] || resolve
check
