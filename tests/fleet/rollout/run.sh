#!/usr/bin/env bash
# Rolls out to ten simulated cameras: a Debian each, with systemd and sshd, a network of its own, and edgedet on its
# demo at one picture a second. Ansible reaches them by ssh, as it would boards. A line for each check; exit status 1
# if one failed. Usage: tests/fleet/rollout/run.sh [FOLDER [COUNT]]
# FOLDER: where the Debian that all share is put, and kept; one that is there already is used as it is. COUNT: how many
# cameras, 5 at least. PATIENCE: seconds for one to be well (default: 40; more for a busy machine). SCENES: which
# roll-outs are tried (default: "inventory config model good later"; the last needs what "good" did). Needs root,
# ansible-core, systemd-container, openssh-client, mosquitto, and what deploy/testbed/root.sh needs. The network is used
# for the installation alone. Set PYTHON to an interpreter with edgedet[web] and ansible-core (default: .venv/bin/python).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(realpath "$here/../../..")
python=${PYTHON:-$checkout/.venv/bin/python}
kept=${1:-} folder=${1:-} count=${2:-10}

die() { echo "run.sh: $*" >&2; exit 2; }

[ "$(id -u)" = 0 ] || die "booting cameras needs root; run it with sudo"
for tool in systemd-nspawn ip ssh ssh-keygen mosquitto debootstrap git; do
  command -v "$tool" >/dev/null ||
    die "$tool is missing: apt install systemd-container iproute2 openssh-client mosquitto debootstrap git"
done
"$python" -c 'import ansible, cryptography' || die "$python lacks ansible-core or edgedet[web]; set PYTHON to one that has both"

# The files of this checkout as it is now.
files() { git ls-files -coz --exclude-standard | while read -rd '' each; do [ ! -e "$each" ] || printf '%s\0' "$each"; done; }
inside() { "$checkout/deploy/testbed/inside.sh" "$folder/base" "$@"; }

make_base() {
  echo "making what the cameras share, in $folder ..." >&2
  "$checkout/deploy/testbed/root.sh" trixie amd64 "$folder/base"
  mkdir -p "$folder/base/usr/src/edgedet"
  (cd "$checkout" && files | tar -c --null -T -) | tar -x -C "$folder/base/usr/src/edgedet"
  inside bash -c 'apt-get -qq update && apt-get -qq install --yes --no-install-recommends openssh-server &&
    bash /usr/src/edgedet/deploy/install.sh --no-start --source demo: --extras web,mqtt,metrics' >"$folder/install.log" \
    2>&1 || die "the installation failed: $(tail -n 3 "$folder/install.log")"
  rm -rf "$folder/base/usr/src/edgedet"
  touch "$folder/.made"
}

# shellcheck disable=SC2329 # called by the trap
clean_up() { [ -n "$kept" ] || rm -rf --one-file-system "$folder"; }

[ -n "$folder" ] || folder=$(mktemp -d)
folder=$(realpath -m "$folder")
mkdir -p "$folder"
trap clean_up EXIT
[ -e "$folder/.made" ] || make_base
# In mounts, processes and a network of its own: once it has ended, however that came, nothing of it is left.
env "PATH=$(dirname "$python"):$PATH" unshare --mount --net --pid --fork --kill-child --mount-proc \
  nice -n 19 bash "$here/bed.sh" "$folder" "$checkout" "$count"
