#!/usr/bin/env bash
# Whether the camera is well: the service is active, its pictures advance for a while, its doctor finds no error.
# Usage: healthy.sh PATIENCE SECONDS: within PATIENCE seconds it must begin to be so for SECONDS without a break.
# One line says what is wrong; exit status 1. The service's status text is edgedet's own: "9.8 fps, 52 C", of several
# cameras "porch 9.8 fps, yard reconnecting (no answer for 10 s)".
set -euo pipefail
patience=$1 seconds=$2

show() { systemctl show -P "$1" edgedet.service; }
unwell() { echo "$*"; exit 1; }

# Each camera either sees, at some rate, or was told not to look.
advances() {
  local text=${1//0.0 fps, detection is off/private}
  [[ $text =~ (^|[ ,])(0\.[1-9]|[1-9][0-9]*\.[0-9])\ fps|private ]] || return 1
  ! [[ $text =~ (^|[ ,])(0\.0\ fps|opening|reconnecting|ended|closed|detector\ restarting) ]]
}

watch() {
  local state='' text='' restarts='' before='' good=0 deadline=$((SECONDS + patience))
  while [ "$good" -lt "$seconds" ]; do
    state=$(show ActiveState) text=$(show StatusText) restarts=$(show NRestarts)
    [ "$state" != failed ] || unwell "the service failed: $(last_words)"
    if [ -n "$before" ] && [ "$restarts" -gt "$before" ]; then
      unwell "the service was started again by itself: $(last_words)"
    fi
    before=$restarts
    if [ "$state" = active ] && advances "$text"; then
      good=$((good + 1))
    else
      good=0
      [ "$SECONDS" -lt "$deadline" ] ||
        unwell "no pictures in $patience s: the service is $state: ${text:-it says nothing}"
    fi
    sleep 1
  done
}

last_words() {
  journalctl -u edgedet.service -n 20 -o cat --no-pager 2>/dev/null | grep -i 'error' | tail -n 1 || true
}

examine() {
  local said code=0
  said=$(runuser -u edgedet -- env -i -C /var/lib/edgedet "PATH=$PATH" HOME=/var/lib/edgedet \
    /opt/edgedet/current/bin/edgedet doctor --config /etc/edgedet/edgedet.toml 2>&1) || code=$?
  [ "$code" -le 1 ] ||
    unwell "its doctor: $(grep -m 1 -E '^ *error|error:' <<<"$said" | tr -s ' ' || tail -n 1 <<<"$said")"
}

watch
examine
echo "well: $(show StatusText)"
