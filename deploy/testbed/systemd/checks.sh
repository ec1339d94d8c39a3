# What is tried in the booted system. A part of systemd.sh: its functions and variables are shared with it.
# shellcheck shell=bash disable=SC2154

unit=edgedet.service
mjpeg=http://admin:hunter2@127.0.0.1:8090/stream.mjpg

# settings NAME URI [LINE]...: writes a settings file; the lines come after the table [source].
settings() {
  local file=$root/etc/edgedet/$1.toml state=/var/lib/edgedet uri=$2
  [ "$1" = edgedet ] || state+=-$1
  shift 2
  printf '%s\n' '[storage]' "path = \"$state/events\"" '[source]' "uri = \"$uri\"" "$@" >"$file"
  chroot "$root" chown edgedet:edgedet "/etc/edgedet/${file##*/}"
  chmod 0640 "$file"
}
pid() { show "$unit" MainPID; }
state() { show "${1:-$unit}" ActiveState; }
is() { [ "$(state "${2:-$unit}")" = "$1" ]; }
restarts() { show "$unit" NRestarts; }
restarted_since() { [ "$(restarts)" -gt "$1" ] && is active; }
# journal [OPTION]...: what the unit said since the last fresh settings, or the boot.
mark=0
journal() { within /bin/journalctl --no-pager -b -u "$unit" --since "@$mark" "$@"; }
said() { journal -o cat | grep -E "$1" >/dev/null; }
fails() { ! "$@"; }
# fresh URI [LINE]...: stopped, with other settings.
fresh() {
  ctl stop edgedet 'edgedet@*' || true
  ctl reset-failed edgedet 2>/dev/null || true
  mark=$(date +%s.%N)
  settings edgedet "$@"
}

sound_units() {
  local said
  said=$(within /usr/bin/systemd-analyze verify /etc/systemd/system/edgedet{,@}.service 2>&1)
  [ -z "$said" ] || fails echo "$said"
}
exposure() {
  local each
  for each in edgedet.service edgedet@.service; do
    within /usr/bin/systemd-analyze security --no-pager --offline=yes --threshold=25 "/etc/systemd/system/$each" |
      tail -n 1
  done
}

waits_for_the_camera() {
  fresh "$mjpeg" '[web]' 'enabled = true'
  ctl start --no-block "$unit"
  until_ 30 status_says
  sleep 2
  is activating
}
status_says() { [[ $(show "$unit" StatusText) = *"connection refused"* ]]; }

active_after_an_inference() {
  local ready active
  settings yard demo: '[web]' 'enabled = false' '[mjpeg]' 'port = 8090'
  ctl start edgedet@yard
  until_ 60 is active
  said 'the first inference is done'
  ready=$(journal -o json -g 'the first inference is done' | field __MONOTONIC_TIMESTAMP)
  active=$(show "$unit" ActiveEnterTimestampMonotonic)
  echo "ready at $ready, active at $active"
  [ "$active" -ge "$ready" ] && [ "$active" -lt $((ready + 2000000)) ]
}
# field NAME: of the last record of journalctl -o json.
field() {
  chroot "$root" python3 -c 'import json, sys
print(json.loads(sys.stdin.read().splitlines()[-1])[sys.argv[1]])' "$1"
}

no_secrets() {
  [[ $(show "$unit" StatusText) != *hunter2* ]]
  fails grep hunter2 <<<"$(within /bin/journalctl --no-pager -b -o json)"
}

stopped_process() {
  local before
  fresh demo:
  ctl start "$unit"
  before=$(restarts)
  kill -STOP "$(outer_pid)"
  until_ 60 restarted_since "$before"
  said 'Watchdog timeout'
}
# The main process as this machine counts it.
outer_pid() {
  local each
  for each in $(pgrep -f '/opt/edgedet/current/bin/edgedet run --config /etc/edgedet/edgedet.toml'); do
    if [ "$(awk '/^NSpid:/ { print $NF }' "/proc/$each/status")" = "$(pid)" ]; then echo "$each"; return; fi
  done
  return 1
}

stalled_camera() {
  local before
  fresh 'picam:test?stall=4&heals=no' 'stall_timeout = 2' '[service]' 'heal_within = 8'
  ctl start "$unit"
  before=$(restarts)
  until_ 90 restarted_since "$before"
  said "the watchdog isn't fed any more: camera: no frame for"
}

clip_is_closed() {
  fresh demo:
  ctl start "$unit"
  until_ 30 said 'camera: (person|cat) .*event'
  sleep 2
  ctl stop "$unit"
  [ "$(show "$unit" Result)" = success ]
  within /opt/edgedet/current/bin/python - /var/lib/edgedet/events <"$here/systemd/plays.py"
}

reload_applies() {
  fresh demo: '[detect]' 'confidence = 0.5'
  ctl start "$unit"
  settings edgedet demo: '[detect]' 'confidence = 0.6'
  ctl reload "$unit"
  said 'settings: applied: detect.confidence'
  settings edgedet demo: '[detect]' 'confidence = 7'
  fails ctl reload "$unit"
  is active
  said 'error: .*confidence'
}

fields() {
  local record
  record=$(journal -o json -g 'the first inference is done' | tail -n 1)
  for each in SYSLOG_IDENTIFIER:edgedet LOGGER:edgedet.supervised.service THREAD:edgedet-systemd PRIORITY:6 \
    CODE_FUNC:_get_ready _TRANSPORT:journal; do
    grep -q "\"${each%%:*}\":\"${each#*:}\"" <<<"$record" || { echo "no $each in $record"; return 1; }
  done
}

mistake_is_final() {
  fresh demo: '[detect]' 'confidence = 7'
  fails ctl start "$unit"
  sleep 2
  is failed
  [ "$(show "$unit" ExecMainStatus)" = 2 ]
  [ "$(restarts)" = 0 ]
  said 'error: .*confidence'
}

no_camera_is_tried_again() {
  fresh /dev/video9
  ctl start "$unit" || true
  until_ 30 tried_again
  said '/dev/video9'
  said 'status=75/TEMPFAIL'
}
tried_again() { [ "$(restarts)" -ge 2 ]; }

first_of_january() {
  local library
  library=$(find "$root/usr/lib" -name libfaketimeMT.so.1 | head -n 1)
  [ -n "$library" ]
  fresh demo:
  printf '%s\n' '[Service]' "Environment=LD_PRELOAD=${library#"$root"} FAKETIME_DONT_FAKE_MONOTONIC=1" \
    'Environment="FAKETIME=@1970-01-01 00:01:00"' >"$root/etc/systemd/system/$unit.d/time.conf"
  ctl daemon-reload
  ctl start "$unit"
  until_ 30 said 'event 19700101-'
}

pauses_grow() { [ "$(show "$unit" RestartSteps)" -gt 0 ] && [ "$(show "$unit" RestartMaxDelayUSec)" = 1min ]; }

run_checks() {
  local version
  version=$(ctl --version | awk 'NR == 1 { print $2 }')
  mkdir -p "$root/etc/systemd/system/$unit.d"
  cp "$here/systemd/quick.conf" "$root/etc/systemd/system/$unit.d/"
  ctl daemon-reload
  check "the units are sound" sound_units
  [ "$version" -lt 254 ] || check "pauses between starts grow" pauses_grow
  check "exposure of the units at most 2.5" exposure
  check "not active while a network camera is away, and says so" waits_for_the_camera
  check "active after the first inference; edgedet@yard runs too" active_after_an_inference
  check "no password in the journal" no_secrets
  check "fields in the journal" fields
  check "kill -STOP: the watchdog starts it anew" stopped_process
  check "a camera that stalls for good: not fed, started anew" stalled_camera
  check "stop closes the clip being written" clip_is_closed
  check "reload applies, and refuses a mistake" reload_applies
  check "exposure of what runs at most 2.5" within /usr/bin/systemd-analyze security --no-pager --threshold=25 edgedet
  check "a mistake in the settings: exit status 2, failed, not tried again" mistake_is_final
  check "no camera: said, and tried again" no_camera_is_tried_again
  check "a clock in 1970: it works all the same" first_of_january
  rm -f "$root/etc/systemd/system/$unit.d/time.conf"
  ctl daemon-reload
  fresh demo:
  ctl enable --quiet "$unit"
  shut_down
  boot
  check "the second boot brings it back by itself, without a network" until_ 30 is active
}
