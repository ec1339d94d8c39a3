#!/usr/bin/env bash
# edgedet on what a Raspberry Pi runs: Debian for arm64, under qemu.
# Usage: deploy/testbed/arm64.sh bookworm|trixie [--keep]
# Installs this checkout in a fresh root with deploy/install.sh, looks it over, detects in pictures, compares that with
# what this machine detects, and runs the unit tests that hang on the processor. A line a part; ends with 0 if all are
# green. --keep leaves the root for a look. Needs root; see root.sh. Its times say nothing about a Pi.
# shellcheck disable=SC2317 # the parts are called by name
set -euo pipefail
cd "$(dirname "$0")/../.."
bed=deploy/testbed

die() { echo "arm64.sh: $*" >&2; exit 2; }
suite=${1:-} keep=${2:-}
case $suite in bookworm | trixie) ;; *) die "usage: arm64.sh bookworm|trixie [--keep]" ;; esac
case $keep in '' | --keep) ;; *) die "$keep: no such option; there is --keep" ;; esac
[ "$(id -u)" = 0 ] || die "making a root needs root; run it with sudo"

work=$(mktemp -d "${TMPDIR:-/var/tmp}/edgedet-arm64.XXXXXX")
root=$work/root job='' failed=0
PYTHON=/opt/edgedet/current/bin/python # of the installed edgedet

finish() {
  trap - EXIT INT TERM HUP
  [ -z "$job" ] || kill -KILL -- "-$job" 2>/dev/null || true
  [ -z "$job" ] || wait "$job" 2>/dev/null || true
  if [ -n "$keep" ]; then echo "kept: $work"; else rm -rf --one-file-system "$work"; fi
}
trap finish EXIT
trap 'echo "arm64.sh: stopped" >&2; exit 130' INT TERM HUP

inside() { "$bed/inside.sh" "$root" "$@"; }

# part NAME COMMAND...: runs it in a process group of its own, which a signal ends whole, and says how it went: the
# last line of its output, or the last forty if it failed.
part() {
  local name=$1 began=$SECONDS code=0 log=$work/${1// /-}.log
  set -m
  "${@:2}" >"$log" 2>&1 </dev/null &
  job=$!
  set +m
  wait "$job" || code=$?
  job=''
  if [ "$code" = 0 ]; then
    printf 'ok    %5d s  %-22s %s\n' $((SECONDS - began)) "$name" "$(tail -n 1 "$log")"
    return
  fi
  failed=$((failed + 1))
  printf 'FAIL  %5d s  %-22s exit code %s\n' $((SECONDS - began)) "$name" "$code"
  tail -n 40 "$log" | sed 's/^/      /'
}

# must: without that the rest can't be
must() {
  part "$@"
  [ "$failed" = 0 ] || exit 1
}

make_root() {
  "$bed/root.sh" "$suite" arm64 "$root"
  mkdir -p "$root/bed/edgedet"
  tar --exclude-vcs --exclude='./.venv*' --exclude='./.*_cache' --exclude=./.hypothesis --exclude=__pycache__ -cf - . |
    tar -C "$root/bed/edgedet" --no-same-owner -xf -
  # shellcheck disable=SC2016 # for the shell inside
  inside sh -c '. /etc/os-release; echo "$PRETTY_NAME $(uname -m) $(python3 --version)"'
}

# pictures: five of the project; more: those, and some of the developers' data where that is beside the checkout
collect_pictures() {
  mkdir -p "$root/bed/pictures" "$root/bed/more"
  cp edgedet/capture/photos/*.jpg deploy/pictures/demo.jpg deploy/pictures/live.jpg "$root/bed/pictures/"
  cp "$root"/bed/pictures/* "$root/bed/more/"
  local data=../shared/data
  if [ -d "$data" ]; then
    cp "$data"/photos/*.jpg "$data"/photos/*.bmp "$root/bed/more/"
    find "$data/coco-mini/images" -name '*.jpg' | sort | awk 'NR <= 20' | xargs -I{} cp {} "$root/bed/more/"
  fi
  cp "$bed/arm64/reference.py" "$root/bed/"
  echo "$(find "$root/bed/pictures" -type f | wc -l) pictures, $(find "$root/bed/more" -type f | wc -l) with more"
}

install_it() { inside bash /bed/edgedet/deploy/install.sh --no-start; }

versions() {
  inside /usr/local/bin/edgedet --version
  inside "$PYTHON" -c "$LIBRARIES"
}
LIBRARIES='
import platform
from importlib.metadata import version
print(platform.machine(), platform.python_version(), *(f"{n} {version(p)}" for n, p in (
    ("litert", "ai-edge-litert"), ("numpy", "numpy"), ("opencv", "opencv-python-headless"))))'

# 1: warnings only, which a root without a camera and a running service has
doctor() { inside /usr/local/bin/edgedet doctor --config /etc/edgedet/edgedet.toml || [ $? = 1 ]; }

# Scores from 0.3: what is near the threshold of 0.5 on one side must be seen on the other.
DETECT=(detect --json --confidence 0.3)
summary() { echo "$(grep -o '"label"' "$1" | wc -l) objects in $(wc -l <"$1") pictures"; }
# detect_there FILE FOLDER COMMAND...: what COMMAND, an edgedet inside, finds in the pictures of FOLDER
detect_there() {
  inside "${@:3}" "${DETECT[@]}" "/bed/$2" >"$work/$1"
  summary "$work/$1"
}
detect_here() {
  [ -x .venv/bin/edgedet ] || bash deploy/venv.sh
  local python=.venv/bin/python reference=$PWD/$bed/arm64/reference.py
  "$python" -m edgedet "${DETECT[@]}" "$root/bed/more" >"$work/here.jsonl"
  "$python" "$reference" "${DETECT[@]}" "$root/bed/pictures" >"$work/here-reference.jsonl"
  "$python" "$reference" "${DETECT[@]}" "$root/bed/more" >"$work/here-more-reference.jsonl"
  "$python" -c "$LIBRARIES"
}
compare() { python3 "$bed/arm64/compare.py" "$work/$1" "$work/$2" "${@:3}"; }

# With arithmetic that rounds the same everywhere: whatever differs is edgedet's.
STRICT=(--px 1 --score 0.02)
# Kernels made for a processor round each in their own way, and a rounding more or less in an early layer moves the
# model's int8 outputs by some steps: one of a box is 1.5 % of its anchor, one of a score up to 0.03. In a crowd another
# of two overlapping boxes may win. Two kinds of kernels on one machine are as far apart, which is measured too.
ROUNDING=(--iou 0.75 --score 0.05 --lost 0.03)

# In a folder of its own, found before the installed packages: the runtime that came before LiteRT, and its NumPy.
add_tflite() {
  inside "$PYTHON" -m pip install -q --disable-pip-version-check --only-binary=:all: \
    --target /bed/tflite tflite-runtime 'numpy<2' 'opencv-python-headless<4.12'
  inside env PYTHONPATH=/bed/tflite "$PYTHON" -c 'import tflite_runtime as t; print(t.__version__)'
}

add_pytest() {
  mkdir -p "$root/bed/pytest"
  cp "$bed/arm64/emulated.py" "$root/bed/pytest/"
  inside "$PYTHON" -m pip install -q --disable-pip-version-check --target /bed/pytest \
    pytest 'hypothesis>=6.100' 'flatbuffers>=24'
  inside env PYTHONPATH=/bed/pytest "$PYTHON" -m pytest --version
}

# The tests run against what was installed, not against the checkout: that one's package is out of the way.
unit_tests() {
  rm -rf "$root/bed/edgedet/edgedet"
  local chosen
  mapfile -t chosen < <(sed -E '/^(#|$)/d; s/^- */--deselect=/' "$bed/arm64/pure.txt")
  inside env -C /bed/edgedet PYTHONPATH=/bed/pytest PYTHONDONTWRITEBYTECODE=1 \
    "$PYTHON" -m pytest -p emulated -p no:cacheprovider "${chosen[@]}"
}

echo "edgedet on $suite arm64, on this $(uname -m):"
must "root" make_root
must "pictures" collect_pictures
must "install" install_it
part "version" versions
part "doctor" doctor
part "detect" detect_there litert.jsonl more /usr/local/bin/edgedet
part "detect, reference" detect_there reference.jsonl pictures "$PYTHON" /bed/reference.py
part "detect here" detect_here
part "same, reference" compare here-reference.jsonl reference.jsonl "${STRICT[@]}"
part "same, litert" compare here.jsonl litert.jsonl "${ROUNDING[@]}"
part "kernels here" compare here.jsonl here-more-reference.jsonl "${ROUNDING[@]}"
if [ "$suite" = bookworm ]; then # tflite-runtime has nothing for trixie's Python
  part "tflite-runtime" add_tflite
  part "detect, tflite" detect_there tflite.jsonl more env PYTHONPATH=/bed/tflite EDGEDET_MODEL_RUNTIME=tflite-runtime \
    /usr/local/bin/edgedet
  part "same, tflite" compare here.jsonl tflite.jsonl "${ROUNDING[@]}"
fi
part "pytest" add_pytest
part "unit tests" unit_tests
echo "$([ "$failed" = 0 ] && echo "all green" || echo "$failed failed"), $((SECONDS / 60)) min $((SECONDS % 60)) s"
exit $((failed > 0))
