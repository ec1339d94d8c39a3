# The roll-outs, each with what must have become of every camera.
# shellcheck shell=bash disable=SC2154  # a part of bed.sh: its variables are shared with it

supplies() {
  (cd "$checkout" && python -m tests.fleet.rollout.supplies "$work" "$net" "$count")
  mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
  python -m http.server --directory "$work/models" --bind "$net.254" 8000 >"$work/http.log" 2>&1 &
  until_ 20 bash -c "</dev/tcp/$net.254/8883 && </dev/tcp/$net.254/8000"
}

# rollout NAME OPTION...: its output in NAME.log, its exit status.
rollout() {
  local name=$1
  shift
  ANSIBLE_CONFIG=$checkout/deploy/ansible/ansible.cfg ANSIBLE_NOCOLOR=1 ANSIBLE_HOST_KEY_CHECKING=false \
    ANSIBLE_SSH_ARGS='-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null' \
    ansible-playbook -i "$work/hosts.yml" "$checkout/deploy/ansible/rollout.yml" \
    -e '{"edgedet_stages": [1, 3, "100%"], "edgedet_soak": 10, "edgedet_watch": 8, "edgedet_patience": '"${PATIENCE:-40}"'}' \
    -e "edgedet_program=$(command -v edgedet || echo edgedet)" "$@" >"$work/$name.log" 2>&1
}

# Everything a roll-out may change, hashed: what is in use, settings, certificates, models, units.
marks() {
  local number name
  for number in $(seq "$1" "$2"); do
    name=$(camera "$number")
    (
      cd "$work/$name/root" || exit
      readlink opt/edgedet/current
      # some of it isn't there yet
      { find etc/edgedet var/lib/edgedet/.local etc/systemd/system usr/local/src -type f -print0 2>/dev/null || true; } |
        sort -z | xargs -0 sha256sum
      find etc/edgedet -printf '%p %m %u %g\n' | sort
    ) >"$work/$name/marks.$3"
  done
}

# same FIRST LAST: nothing of it differs from what "marks FIRST LAST before" saw.
same() {
  local number name
  marks "$1" "$2" after
  for number in $(seq "$1" "$2"); do
    name=$(camera "$number")
    diff "$work/$name/marks.before" "$work/$name/marks.after" || { echo "$name differs"; return 1; }
  done
}

never_reached() {
  local number
  for number in $(seq "$1" "$2"); do
    ! grep -qE "(ok|changed|failed|fatal): \[$(camera "$number")\]" <(sed -n '/^PLAY \[Roll out\]/,$p' "$work/$3.log") ||
      { echo "$(camera "$number") was reached: $work/$3.log"; return 1; }
  done
}

started() { ssh_to "$(camera "$1")" systemctl show -P ExecMainStartTimestampMonotonic edgedet; }
well() {
  local number
  for number in $(seq "$1" "$2"); do
    until_ 60 ssh_to "$(camera "$number")" "systemctl show -P StatusText edgedet | grep -qE '^[0-9.]+ fps' &&
      [ \"\$(systemctl is-active edgedet)\" = active ]" || { echo "$(camera "$number") isn't well"; return 1; }
  done
}
says() { grep -qE "$2" "$work/$1.log" || { tail -n 20 "$work/$1.log"; return 1; }; }
refused() { ! rollout "$@" || { echo "it ended well: $work/$1.log"; return 1; }; }
accepted() { rollout "$@" || { tail -n 30 "$work/$1.log"; return 1; }; }
everywhere() {
  local number
  for number in $(seq "$count"); do ssh_to "$(camera "$number")" "$1" >/dev/null || { camera "$number"; return 1; }; done
}

play_all() {
  local scene
  check "certificates, broker and registry are made" supplies
  marks 1 "$count" before
  for scene in ${SCENES:-inventory config model good later}; do "play_$scene"; done
}

play_inventory() {
  check "a template that doesn't render is refused" refused template -e '{"edgedet_config_group":
    {"source": {"uri": "rtsp://{{ address_of_camera }}/1"}}}'
  check "  with host, key and remedy" says template "cam01: 'address_of_camera' is undefined; set it in host_vars/cam01.yml"
  check "settings that can't be are refused" refused settings -e '{"edgedet_config_group": {"detect": {"confidence": 7}}}'
  check "  with host, key and remedy" says settings 'cam01: its settings:[0-9]+: detect.confidence: 7'
  check "two cameras with one name are refused" refused names -e edgedet_name=cam01
  check "  with both of them" says names 'cam02: edgedet_name: cam01 is also cam01.*; give each camera a name of its own'
  mv "$work/fleet/cameras/cam05.pem" "$work/kept.pem"
  check "a lost certificate is refused" refused lost -e "edgedet_fleet=$work/fleet"
  check "  with what to do" says lost 'cam05: its certificate is lost; .*edgedet fleet revoke cam05'
  mv "$work/kept.pem" "$work/fleet/cameras/cam05.pem"
  check "and no camera was touched" same 1 "$count"
}

play_config() {
  check "settings that are valid, and no picture comes, stop at the first stage" refused config \
    -e '{"edgedet_config_group": {"source": {"uri": "rtsp://10.77.0.253/1"}}}'
  check "  with camera and reason" says config "cam01: no pictures in ${PATIENCE:-40} s: .*has again what it had"
  check "  the first camera has its settings again" same 1 1
  check "  and is well" well 1 1
  check "  the others were never reached" never_reached 2 "$count" config
  check "  and are as they were" same 2 "$count"
}

play_model() {
  check "a model that fails its self-test stops at the first stage" refused model -e edgedet_model=damaged-2
  check "  with camera and reason" says model 'cam01: .*fails its self-test: .*has again what it had'
  check "  the first camera has what it had again" same 1 1
  check "  and is well" well 1 1
  check "  the others were never reached" never_reached 2 "$count" model
  check "  and are as they were" same 2 "$count"
}

play_good() {
  check "settings, certificates and a model go to all, in three stages" accepted good -e edgedet_model=sound-2 \
    -e "edgedet_fleet=$work/fleet"
  check "  all are well" well 1 "$count"
  check "  all run the model" everywhere "journalctl -u edgedet -o cat | grep -q sound-2"
  check "  all are at the broker, as themselves" everywhere \
    "journalctl -u edgedet -o cat | grep -q 'connected to broker:8883 as cam'"
  check "  nothing is left to come back" everywhere "test ! -e /var/lib/edgedet-rollout &&
    ! systemctl is-active --quiet edgedet-rollout-undo.timer"
  check "once more, nothing is started anew" accepted again -e edgedet_model=sound-2 -e "edgedet_fleet=$work/fleet"
  check "  for nothing has changed" says again "$(camera "$count") .*changed=0 "
}

play_later() {
  marks 1 "$count" before
  check "one camera of the second stage isn't well: it stops there" refused later -e edgedet_model=sound-2 \
    -e "edgedet_fleet=$work/fleet" -e '{"edgedet_config_group": {"source": {"uri":
    "{{ (inventory_hostname == \"cam03\") | ternary(\"rtsp://10.77.0.253/1\", \"demo:\") }}"},
    "detect": {"iou": 0.4}}}'
  check "  with camera and reason" says later "cam03: no pictures in ${PATIENCE:-40} s"
  check "  the whole stage has again what it had" same 2 4
  check "  and is well" well 1 4
  check "  the third was never reached" never_reached 5 "$count" later
  check "  and is as it was" same 5 "$count"
}
