# A version: an environment in a folder of its own, and in it what is copied out to the system.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

resolve() {
  local identity
  [ -n "$from" ] || from=$here/..
  if [ -d "$from" ]; then
    spec=$(realpath "$from")
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$spec/pyproject.toml" 2>/dev/null | head -n 1)
    if [ -z "$version" ] || [ ! -d "$spec/edgedet" ]; then die "$from: no checkout of edgedet"; fi
    identity=$(cd "$spec" && find edgedet models systemd pyproject.toml -type f ! -path '*/__pycache__/*' -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  elif [ -f "$from" ]; then
    spec=$(realpath "$from") version=${from##*/edgedet-}
    case ${from##*/} in
      edgedet-*.whl) version=${version%%-*} ;;
      edgedet-*.tar.gz) version=${version%.tar.gz} ;;
      *) die "$from: neither a wheel nor a source archive of edgedet" ;;
    esac
    identity=$(sha256sum <"$spec")
  elif [[ $from =~ ^[0-9][0-9a-z.+]*$ ]]; then
    spec='' version=$from identity=released
  else
    die "$from: no such file, and no version number"
  fi
  if [ -z "$extras" ]; then
    extras=$(cut -d ' ' -f 2 "$OPT/current/.installed" 2>/dev/null) || extras=web,mqtt,notify
  fi
  identity=$({ echo "$identity"; cat "$here"/locks/*.txt; } | sha256sum)
  wanted="$version $extras ${identity%% *}"
}

# Its Python may be gone, after an upgrade of the system.
installed() { [ "$(cat "$1/.installed" 2>/dev/null)" = "$wanted" ] && "$1/bin/python" -Bc 'import edgedet' 2>/dev/null; }

# Sets venv: the folder with what is wanted in it, or one for it.
find_version() {
  local number=1
  for venv in "$OPT"/versions/*; do
    if installed "$venv"; then return; fi
  done
  venv=$OPT/versions/$version
  while [ -e "$venv/.installed" ]; do number=$((number + 1)) venv=$OPT/versions/$version-$number; done
}

build() {
  if installed "$venv"; then there "$venv"; return; fi
  change "install edgedet $version with $extras into $venv; it takes minutes" make_version
}

make_version() {
  local options=() plain='plain'
  making=$venv
  rm -rf "$venv"
  mkdir -p "$OPT/versions"
  # A Pi's camera and pins come with the system and must be visible inside; the camera's is built for its NumPy.
  if has picamera2 || { has lgpio && [[ ,$extras, = *,gpio,* ]]; }; then
    options=(--system-site-packages)
    case $(python3 -c 'import numpy; print(numpy.__version__)' 2>/dev/null) in
      1.*) plain='plain-numpy1' ;;
    esac
  fi
  attempt "making the environment" python3 -m venv "${options[@]}" "$venv" || return
  mkdir "$venv/tmp"  # /tmp may be kept in memory, and a small board's is too small for this
  if ! TMPDIR=$venv/tmp kept pip_all "$plain"; then
    if grep -q 'DO NOT MATCH THE HASHES' "$work/log"; then
      die "the package index gave another file than the one that is locked" \
        "($(grep -om 1 '[^ ]* from http.*' "$work/log" | cut -d ' ' -f 1)); nothing of it was installed"
    elif grep -qE 'NewConnectionError|NameResolution|ProxyError|timed out|from versions: none' "$work/log"; then
      die "the package index can't be reached, or lacks what is needed" \
        "($(grep -om 1 'No matching .*' "$work/log" || echo 'no answer')); check the network, then run this again"
    fi
    show "pip install"
    return 1
  fi
  attempt "the new program's first run" collect || return
  rm -rf "$venv/tmp"
  sync -f "$venv"  # a power cut must not leave a version that only looks whole
  printf '%s\n' "$wanted" >"$venv/.new" && mv "$venv/.new" "$venv/.installed" && making=''
}

# Only files whose hashes are in locks/ are installed, and of these only imutils runs a set-up script: it has no wheel.
# What builds it and edgedet is locked too, and goes again. Last, whether the locks had all that this edgedet needs.
pip_all() {
  local locks=$here/locks build=$venv/tmp/build each wheels=() what="edgedet==$version"
  for each in "$1" ${extras//,/ }; do wheels+=(-r "$locks/$each.txt"); done
  [ -z "$spec" ] || what=$spec
  pip_install --require-hashes --no-deps --only-binary=:all: "${wheels[@]}" || return
  pip_install --require-hashes --no-deps --only-binary=:all: --target "$build" -r "$locks/build.txt" || return
  PYTHONPATH=$build pip_install --require-hashes --no-deps --no-build-isolation --use-pep517 --no-binary=:all: \
    -r "$locks/source.txt" || return
  PYTHONPATH=$build pip_install --no-deps --no-build-isolation "$what" || return
  env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null "$venv/bin/python" -m pip install --no-index \
    --no-input --disable-pip-version-check --root-user-action=ignore --dry-run "edgedet[$extras]"
}

pip_install() {
  "$venv/bin/python" -m pip install --no-cache-dir --no-input --disable-pip-version-check --root-user-action=ignore "$@"
}

has() { python3 -c 'import importlib.util as u, sys; sys.exit(not u.find_spec(sys.argv[1]))' "$1"; }

# What goes elsewhere in the system belongs to the version too, so that a roll-back brings it back as well.
collect() {
  local share=$venv/share/edgedet shell units
  mkdir -p "$share" && "$venv/bin/edgedet" --version || return
  units=$("$venv/bin/python" -c 'import importlib.resources as r; print(r.files("edgedet") / "systemd")') || return
  cp -r "$units" "$share/" || return
  for shell in bash zsh fish; do
    _EDGEDET_COMPLETE=${shell}_source "$venv/bin/edgedet" >"$share/edgedet.$shell" || return
  done
  cp "$here/locks/sbom.cdx.json" "$share/" || return
  "$venv/bin/python" -m edgedet.cli.manpage | gzip -9n >"$share/edgedet.1.gz"
}
