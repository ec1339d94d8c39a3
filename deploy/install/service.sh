# Starting the service, and looking whether it stays up.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

booted() { [ -d /run/systemd/system ]; }
enabled() { systemctl is-enabled --quiet edgedet.service 2>/dev/null; }

start() {
  if [ -n "$no_start" ]; then say "not started (--no-start); later: systemctl enable --now edgedet"; return; fi
  if ! command -v systemctl >/dev/null; then say "not started: there is no systemd here"; return; fi
  if [ -n "$written" ] && booted; then systemctl daemon-reload; fi
  if enabled; then there "edgedet.service, enabled"
  else change "enable edgedet.service" systemctl --quiet enable edgedet.service; fi
  if ! booted; then say "not started: systemd isn't running here; the service starts with the next boot"
  elif systemctl is-active --quiet edgedet.service; then there "edgedet.service, running"
  else change "start edgedet.service" attempt "starting the service" come_up; fi
}

# What runs is started anew, with the version in use.
restart() {
  booted || return 0
  systemctl daemon-reload
  if enabled; then come_up || return; else systemctl try-restart edgedet.service || return; fi
  systemctl try-restart 'edgedet@*.service'
}

# Up is what is active for a while. Not waited for by systemctl: a start can take as long as a network camera is away.
come_up() {
  local state='' good=0
  systemctl stop edgedet.service
  systemctl reset-failed edgedet.service 2>/dev/null || true
  systemctl start --no-block edgedet.service
  for _ in {1..120}; do
    sleep 1
    state=$(systemctl is-active edgedet.service) || true
    if [ "$state" = active ]; then good=$((good + 1)); else good=0; fi
    [ "$good" -lt 4 ] || return 0
    [ "$state" != failed ] || break
    [ "$(systemctl show --property NRestarts --value edgedet.service)" -lt 3 ] || break
  done
  journalctl --sync || true  # its last words may be on their way yet
  journalctl -u edgedet.service --no-pager -o cat -n 11 || true
  echo "edgedet.service is $state"
  return 1
}

as_edgedet() { runuser -u edgedet -- env -i "PATH=$PATH" "HOME=$VAR" "$@"; }
check_settings() { as_edgedet "$venv/bin/edgedet" config check "$CONFIG"; }

# Of a long report only the errors are told; of a crash, all. 1 is a warning.
check_health() {
  local said code=0
  said=$(as_edgedet "$venv/bin/edgedet" doctor --config "$CONFIG" 2>&1) || code=$?
  [ "$code" -gt 1 ] || return 0
  awk '/^ ? ?[^ ]/ { on = /^  error / } on' <<<"$said" | grep . || printf '%s\n' "$said"
  return 1
}
