#!/usr/bin/env bash
# edgedet with the real Picamera2 on libcamera's virtual camera. Usage: deploy/testbed/picam.sh [--keep] [CHECK...]
# Installs both and this checkout in a fresh Debian trixie, declares two cameras (a photograph, and colour bars), and
# tries edgedet with them: a line a check (picam/checks.py), exit status 1 if one failed. --keep leaves the Debian for a
# look. Needs root, and what root.sh needs; no camera, and no kernel with one.
#
# What the virtual camera can't do stays untried: it gives NV12 whatever is asked for, its second stream comes out as
# large as the first, and it has no raw stream, no focus, no exposure and no frame rate of its own. picam/rig.py and
# picam/shim.c stand in for the kernel's buffers and give it a pace of 30 frames a second; edgedet itself is untouched.
set -euo pipefail
cd "$(dirname "$0")/../.."
bed=deploy/testbed keep='' failed=0
die() { echo "picam.sh: $*" >&2; exit 2; }

if [ "${1:-}" = --keep ]; then keep=yes && shift; fi
[ "$(id -u)" = 0 ] || die "making a root needs root; run it with sudo"
[ "$(uname -m)" = x86_64 ] || die "it is for x86-64: libcamera's virtual camera isn't tried under qemu"
work=$(mktemp -d "${TMPDIR:-/var/tmp}/edgedet-picam.XXXXXX")
root=$work/root
finish() { if [ -n "$keep" ]; then echo "kept: $root"; else rm -rf --one-file-system "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM HUP

inside() { "$bed/inside.sh" "$root" "$@"; }

# quietly COMMAND...: what it says only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "$* failed"; }; }

install_picamera2() {
  quietly inside sh -c 'apt-get update && apt-get install -y --no-install-recommends python3-libcamera libcamera-tools \
    libcamera-ipa python3-numpy gcc libc6-dev python3-dev libcap-dev && python3 -m venv --system-site-packages /bed/venv'
  quietly inside /bed/venv/bin/pip install picamera2
}

install_edgedet() {
  mkdir -p "$root/bed/checkout"
  tar --exclude-vcs --exclude='./.venv*' --exclude='./.*_cache' --exclude=./.hypothesis --exclude=__pycache__ \
    --exclude=./tests -cf - . | tar -C "$root/bed/checkout" --no-same-owner -xf -
  quietly inside /bed/venv/bin/pip install /bed/checkout
}

install_rig() {
  local packages
  packages=$root$(inside /bed/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  cp "$bed/picam/rig.py" "$packages/edgedet_rig.py"
  cp "$bed/picam/pykms.py" "$packages/pykms.py"
  echo 'import edgedet_rig' >"$packages/edgedet_rig.pth"
  cp "$bed"/picam/{shim.c,bed.py,cameras.py,film.py,checks.py} "$root/bed/"
  quietly inside gcc -O2 -shared -fPIC -o /bed/shim.so /bed/shim.c -ldl
  install -D "$bed/picam/virtual.yaml" "$root/usr/share/libcamera/pipeline/virtual/virtual.yaml"
  inside /bed/venv/bin/python -c 'import cv2
photograph = cv2.imread("/bed/checkout/edgedet/capture/photos/astronaut.jpg")
cv2.imwrite("/bed/person.jpg", cv2.resize(photograph, (640, 480)))'
}

try() { # in a session of its own, with a limit: a check that hangs is one that fails
  inside env LIBCAMERA_LOG_LEVELS='*:FATAL' LD_PRELOAD=/bed/shim.so timeout -k 5 180 \
    /bed/venv/bin/python /bed/checks.py "$@" 2>"$work/log" || {
    tail -n 12 "$work/log" | sed 's/^/      /'
    return 1
  }
}

mkdir -p "$work"
"$bed/root.sh" trixie amd64 "$root"
install_picamera2
install_edgedet
install_rig
versions='import importlib.metadata as m, libcamera; print("picamera2", m.version("picamera2"), libcamera.__file__)'
inside env LD_PRELOAD=/bed/shim.so /bed/venv/bin/python -c "$versions"
if [ $# = 0 ]; then mapfile -t checks < <(try); else checks=("$@"); fi
[ "${#checks[@]}" -gt 0 ] || die "there are no checks to try"
for check in "${checks[@]}"; do
  try "$check" || failed=$((failed + 1))
done
echo "$((${#checks[@]} - failed)) of ${#checks[@]} checks passed"
[ "$failed" = 0 ]
