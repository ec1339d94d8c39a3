#!/usr/bin/env bash
# A part of run.sh, in a network of its own: boots the cameras and goes through the roll-outs.
set -euo pipefail
folder=$1 checkout=$2 count=$3
here=$(cd "$(dirname "$0")" && pwd)
failed=0
net=10.77.0
work=$(mktemp -d "$folder/work.XXXX")
declare -A init=()

say() { printf '%s\n' "$*"; }
die() { echo "run.sh: $*" >&2; exit 2; }
camera() { printf 'cam%02d' "$1"; }
within() { nsenter -t "${init[$1]}" -m -u -i -n -p -C -r -w "${@:2}"; }

# until_ SECONDS COMMAND...: as soon as the command succeeds; false if it never does.
until_() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.5
  done
}

# check TEXT COMMAND...: one line; what the command said only if it failed.
check() {
  local text=$1 began=$SECONDS said code
  shift
  set +e
  said=$(set -e; "$@" 2>&1)
  code=$?
  set -e
  if [ "$code" = 0 ]; then say "ok      $text ($((SECONDS - began)) s)"
  else
    failed=$((failed + 1))
    say "FAILED  $text"
    tail -n 25 <<<"          ${said//$'\n'/$'\n'          }"
  fi
}

network() {
  ip link set lo up
  ip link add bridge0 type bridge
  ip addr add "$net.254/24" dev bridge0
  ip link set bridge0 up
  mkdir -p /run/netns
  mount -t tmpfs tmpfs /run/netns
}

# camera_network NAME NUMBER
camera_network() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip link set "$1" master bridge0 up
  ip -n "$1" link set lo up
  ip -n "$1" addr add "$net.$2/24" dev eth0
  ip -n "$1" link set eth0 up
}

prepare() {
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$work/host"
}

# boot NAME NUMBER
boot() {
  local root=$work/$1/root group
  mkdir -p "$root" "$work/$1/upper" "$work/$1/work"
  mount -t overlay overlay -o "lowerdir=$folder/base,upperdir=$work/$1/upper,workdir=$work/$1/work" "$root"
  install -d -m 0700 "$root/root/.ssh"
  install -m 0600 "$work/ssh.pub" "$root/root/.ssh/authorized_keys"
  install -m 0600 "$work/host" "$root/etc/ssh/ssh_host_ed25519_key"
  echo "$1" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n%s.254 broker\n' "$1" "$net" >"$root/etc/hosts"
  printf '[source]\nuri = "demo:"\nfps = 1\nwidth = 640\nheight = 360\n[mjpeg]\nenabled = false\n[record]\nclips = false\n[storage]\npath = "%s"\n' \
    /var/lib/edgedet/events >"$root/etc/edgedet/edgedet.toml"
  ln -sf /etc/systemd/system/edgedet.service "$root/etc/systemd/system/multi-user.target.wants/edgedet.service"
  (
    for group in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup; do
      if [ -e "$group/cgroup.procs" ]; then
        mkdir -p "$group/${work##*/}/$1"
        echo "$BASHPID" >"$group/${work##*/}/$1/cgroup.procs"
      fi
    done
    # keep-unit: there may be no systemd here whose slices it could be in
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --boot --directory "$root" --machine "$1" --register=no \
      --keep-unit --network-namespace-path="/run/netns/$1" --resolv-conf=off --console=read-only
  ) </dev/null >"$work/$1/console" 2>&1 &
  until_ 60 pgrep -x systemd -P "$!" || die "$1 doesn't boot: $(tail -n 3 "$work/$1/console")"
  init[$1]=$(pgrep -x systemd -P "$!")
}

is_up() { ssh_to "$1" systemctl is-active edgedet; }
ssh_to() { ssh -i "$work/ssh" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
  "root@$net.$((10#${1#cam}))" "${@:2}"; }

boot_all() {
  local number name
  for number in $(seq "$count"); do
    name=$(camera "$number")
    camera_network "$name" "$number"
    boot "$name" "$number"
  done
  for number in $(seq "$count"); do
    until_ $((${PATIENCE:-40} * 5)) is_up "$(camera "$number")" || die "$(camera "$number") isn't well: $work/$(camera "$number")/console"
  done
}

clean_up() {
  local name group
  for name in "${!init[@]}"; do kill -s RTMIN+4 "${init[$name]}" 2>/dev/null || true; done
  sleep 2
  for name in "${!init[@]}"; do kill -9 "${init[$name]}" 2>/dev/null || true; done
  sleep 1
  for group in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup; do
    [ ! -d "$group/${work##*/}" ] || find "$group/${work##*/}" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  for name in "${!init[@]}"; do umount -l "$work/$name/root" || true; done
  [ "$failed" != 0 ] || rm -rf --one-file-system "$work"
}

trap clean_up EXIT
# shellcheck source=tests/fleet/rollout/scenes.sh
. "$here/scenes.sh"
network
prepare
began=$SECONDS
boot_all
say "ok      $count cameras are up ($((SECONDS - began)) s)"
play_all
[ "$failed" = 0 ] || { say "$failed checks failed; what is left of them: $work"; exit 1; }
say "all is well ($SECONDS s)"
