#!/usr/bin/env bash
# Remembers how a camera is, before a roll-out changes it, and brings that back. Usage:
#   undo.sh save SECONDS   remember; unless "forget" comes within SECONDS it is brought back by itself: whoever rolls
#                          out may lose this machine by what was rolled out. 0: not by itself
#   undo.sh back           bring it back: settings, certificates and credentials, models, version
#   undo.sh forget         all is well
set -euo pipefail
kept=/var/lib/edgedet-rollout etc=/etc/edgedet opt=/opt/edgedet
models=/var/lib/edgedet/.local/share/edgedet/models timer=edgedet-rollout-undo
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

booted() { [ -d /run/systemd/system ]; }
in_use() { readlink "$opt/current" || true; }
listed() { if [ -d "$models" ]; then (cd "$models" && find . -maxdepth 1 -type f | sort); fi; }

disarm() { ! booted || systemctl stop "$timer.timer" 2>/dev/null || true; }

save() {
  disarm
  [ ! -d "$kept" ] || back  # what an earlier roll-out left unfinished is nothing to come back to
  rm -rf "$kept.new"
  install -d -m 0700 "$kept.new"
  cp -a "$etc" "$kept.new/etc"
  in_use >"$kept.new/version"
  listed >"$kept.new/models"
  ! booted || systemctl is-active edgedet.service >"$kept.new/state" || true
  install -m 0700 "$0" "$kept.new/undo.sh"
  sync -f "$kept.new"
  mv -T "$kept.new" "$kept"
  if [ "$1" -gt 0 ] && booted; then
    systemd-run --quiet --collect --unit="$timer" --on-active="$1" --timer-property=AccuracySec=1s "$kept/undo.sh" back
  fi
}

# The folder as it was, in one go but for an instant.
settings_back() {
  rm -rf "$etc.was" "$etc.not"
  cp -a "$kept/etc" "$etc.was"
  mv -T "$etc" "$etc.not"
  mv -T "$etc.was" "$etc"
  rm -rf "$etc.not"
}

models_back() {
  local each
  listed | comm -13 <(sort "$kept/models") - | while read -r each; do rm -f "${models:?}/$each"; done
}

version_back() {
  local installer
  [ "$(in_use)" != "$(cat "$kept/version")" ] || return 0
  installer=$(find /usr/local/src/edgedet-*/deploy/install.sh -printf '%T@ %p\n' | sort -rn | head -n 1 |
    cut -d ' ' -f 2-)
  bash "$installer" --rollback
}

back() {
  [ -d "$kept" ] || { echo "nothing to bring back"; return 0; }
  settings_back
  models_back
  version_back
  if booted; then
    systemctl reset-failed edgedet.service 2>/dev/null || true
    if [ "$(cat "$kept/state")" = active ]; then systemctl restart --no-block edgedet.service
    else systemctl stop edgedet.service; fi
  fi
  rm -rf "$kept"
  echo "brought back"
}

case ${1:-} in
  save) save "${2:-0}" ;;
  back) back; disarm ;;
  forget) disarm; rm -rf "$kept" ;;
  *) echo "usage: undo.sh save SECONDS | back | forget" >&2; exit 2 ;;
esac
