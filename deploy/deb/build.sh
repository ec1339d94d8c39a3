#!/usr/bin/env bash
# Makes edgedet_VERSION_ARCH.deb of this checkout. Usage: deploy/deb/build.sh [--suite bookworm|trixie]
#   [--arch arm64|amd64] [--revision N] [--out FOLDER]; default: this Debian's own, revision 1, dist/.
# The package is an environment in /usr/lib/edgedet, unpacked from wheels for the suite's Python and the architecture:
# any machine can make any package, nothing of it is run, and installing needs neither pip nor a network.
# Needs: dpkg-deb, the suite's Python (3.11 for bookworm, 3.13 for trixie) with venv, and the network or pip's cache.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
EXTRAS=web,mqtt,notify

die() { echo "build.sh: $*" >&2; exit 2; }

# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}") arch=$(dpkg --print-architecture)
revision=1 out=$checkout/dist
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "$1: needs a value"
  case $1 in
    --suite | --arch | --revision | --out) printf -v "${1#--}" %s "$2" ;;
    *) die "$1: no such option; there are --suite, --arch, --revision, --out" ;;
  esac
  shift 2
done

# What the suite has: Python, the newest glibc that wheels may ask for, and the NumPy that its camera library was
# built for (a Pi's picamera2 comes from the system and meets the NumPy of this environment).
case $suite in
  bookworm) release=12 python=3.11 glibc=36 pins=("numpy<2" "opencv-python-headless<4.12") ;;
  trixie) release=13 python=3.13 glibc=41 pins=("numpy>=2") ;;
  *) die "--suite $suite: not known; there are bookworm and trixie" ;;
esac
case $arch in
  amd64) machine=x86_64 ;;
  arm64) machine=aarch64 ;;
  *) die "--arch $arch: LiteRT has no packages for it; there are arm64 and amd64" ;;
esac
# Which packages are wanted is for the Python that asks (PEP 508 markers): so it must be the suite's.
"python$python" -c 'import ensurepip, venv' 2>/dev/null ||
  die "needs Python $python, which $suite has: build in a $suite, or install python$python and python$python-venv"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$checkout/pyproject.toml")-$revision+deb$release
work=$(mktemp -d "${TMPDIR:-/var/tmp}/edgedet-deb.XXXXXX")
file=$out/edgedet_${version}_$arch.deb
trap 'rm -rf "$work" "$file.new"' EXIT
trap 'exit 130' INT TERM
tree=$work/tree
lib=$tree/usr/lib/edgedet
site=$lib/lib/python$python/site-packages
tool=$work/tool/bin/python
umask 022

pip() { "$tool" -m pip --quiet --disable-pip-version-check "$@"; }

# edgedet and what exists as source only, made here; the rest as wheels made for the target
collect_wheels() {
  "python$python" -m venv "$work/tool"
  pip wheel --no-deps --wheel-dir "$work/wheels" "$checkout"
  pip wheel --no-deps --wheel-dir "$work/wheels" imutils
}

unpack_wheels() {
  local tags=(--platform "manylinux2014_$machine") minor wheel=("$work"/wheels/edgedet-*.whl)
  for ((minor = glibc; minor >= 17; minor--)); do tags+=(--platform "manylinux_2_${minor}_$machine"); done
  pip install --target "$site" --no-compile --only-binary=:all: --implementation cp --python-version "$python" \
    "${tags[@]}" --find-links "$work/wheels" "edgedet[$EXTRAS] @ file://${wheel[0]}" "${pins[@]}"
  rm -rf "${site:?}/bin" # scripts for this machine's Python
  find "$site" -type d -name tests -prune -exec rm -rf {} +
  find "$site" -type f \( -name '*.pyi' -o -name '*.a' \) -delete
  # of no use here: faces of another age, a GPU's library for browsers, a tool for makers of accelerators
  rm -rf "$site"/cv2/data/*.xml "$site/ai_edge_litert/libLiteRtWebGpuAccelerator.so" \
    "$site/ai_edge_litert/tools/apply_plugin_main"
  find "$site" -type f -exec chmod 644 {} +
}

# What `python -m venv --system-site-packages` would make, less pip. Every module is compiled here: a small board
# would take minutes, and what it made would be nobody's when the package goes.
make_environment() {
  mkdir -p "$lib/bin" "$tree/usr/bin"
  printf '%s\n' "home = /usr/bin" "include-system-site-packages = true" "version = $python" >"$lib/pyvenv.cfg"
  ln -s "../../../bin/python$python" "$lib/bin/python"
  printf '%s\n' '#!/usr/lib/edgedet/bin/python' 'import sys' '' 'from edgedet.__main__ import main' '' \
    'sys.exit(main())' >"$lib/bin/edgedet"
  chmod 755 "$lib/bin/edgedet"
  ln -s ../lib/edgedet/bin/edgedet "$tree/usr/bin/edgedet"
  cp "$checkout/deploy/install/place.sh" "$lib/place.sh"
  "$tool" -m compileall -q -s "$tree" "$site" >/dev/null || true # some packages carry files for other Pythons
}

put() { install -D -m 644 "$1" "$tree/$2"; }

# The same files as install.sh puts in place, where Debian wants a package's to be.
place_units() {
  local unit
  for unit in edgedet.service edgedet@.service; do
    put "$checkout/systemd/$unit" "usr/lib/systemd/system/$unit"
    sed -i 's#/opt/edgedet/current/#/usr/lib/edgedet/#g' "$tree/usr/lib/systemd/system/$unit"
    # systemd 252 doesn't know what is in the drop-ins
    [ "$suite" = bookworm ] || put "$checkout/systemd/backoff.conf" "usr/lib/systemd/system/$unit.d/backoff.conf"
  done
  put "$checkout/systemd/edgedet.sysusers" usr/lib/sysusers.d/edgedet.conf
  put "$checkout/systemd/edgedet.tmpfiles" usr/lib/tmpfiles.d/edgedet.conf
}

# Manual and completions are asked of the program itself: it needs packages that this machine can run.
place_help() {
  local shell ask=("$tool" -B -m edgedet)
  if [ "$machine" = "$(uname -m)" ]; then export PYTHONPATH=$site; else pip install "$work"/wheels/*.whl; fi
  declare -A goes=([bash]=bash-completion/completions/edgedet [zsh]=zsh/vendor-completions/_edgedet
    [fish]=fish/vendor_completions.d/edgedet.fish)
  for shell in bash zsh fish; do
    _EDGEDET_COMPLETE=${shell}_source "${ask[@]}" >"$work/completion"
    put "$work/completion" "usr/share/${goes[$shell]}"
  done
  "$tool" -B -m edgedet.cli.manpage | sed 's#/opt/edgedet/#/usr/lib/edgedet/#' | gzip -9n >"$work/edgedet.1.gz"
  put "$work/edgedet.1.gz" usr/share/man/man1/edgedet.1.gz
  put "$here/copyright" usr/share/doc/edgedet/copyright
  put "$checkout/deploy/locks/sbom.cdx.json" usr/share/doc/edgedet/sbom.cdx.json
  printf 'edgedet (%s) %s; urgency=medium\n\n  * See the project.\n\n -- %s  %s\n' \
    "$version" "$suite" "$(sed -n 's/^Maintainer: //p' "$here/control")" "$(date -R)" | gzip -9n >"$work/changelog.gz"
  put "$work/changelog.gz" usr/share/doc/edgedet/changelog.Debian.gz
  put "$here/lintian-overrides" usr/share/lintian/overrides/edgedet
}

control() {
  local size script
  size=$(du -sk --apparent-size "$tree" | cut -f 1)
  mkdir "$tree/DEBIAN"
  (cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/
    s/@PYTHON@/$python/; s/@NEXT@/3.$((${python#3.} + 1))/" "$here/control" >"$tree/DEBIAN/control"
  for script in preinst postinst prerm postrm; do
    sed "s/@EXTRAS@/$EXTRAS/" "$here/$script" >"$tree/DEBIAN/$script"
    chmod 755 "$tree/DEBIAN/$script"
  done
}

collect_wheels
unpack_wheels
make_environment
place_units
place_help
control
mkdir -p "$out"
dpkg-deb --build --root-owner-group "$tree" "$file.new" >/dev/null
mv "$file.new" "$file"
echo "$file: $(du -m "$file" | cut -f 1) MB, $(du -sm "$tree" | cut -f 1) MB installed"
