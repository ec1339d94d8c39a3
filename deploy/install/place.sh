# What is copied out of the version in use, and the first settings.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

# parts FOLDER: "source target" a line, for what is collected there.
parts() {
  local share=$1 each unit
  for each in "$share"/systemd/*; do
    case $each in
      *.service | *.timer | *.socket | *.path | *.target) echo "$each /etc/systemd/system/${each##*/}" ;;
      *.sysusers) echo "$each /etc/sysusers.d/edgedet.conf" ;;
      *.tmpfiles) echo "$each /etc/tmpfiles.d/edgedet.conf" ;;
      *.conf)  # drop-ins, for the systemd that knows what is in them
        [ "$(systemd_version)" -ge 254 ] || continue
        for unit in edgedet.service edgedet@.service; do
          echo "$each /etc/systemd/system/$unit.d/${each##*/}"
        done ;;
    esac
  done
  echo "$share/edgedet.bash /usr/local/share/bash-completion/completions/edgedet"
  echo "$share/edgedet.zsh /usr/local/share/zsh/site-functions/_edgedet"
  echo "$share/edgedet.fish /etc/fish/completions/edgedet.fish"  # fish looks in /usr/local/share only on desktops
  echo "$share/edgedet.1.gz /usr/local/share/man/man1/edgedet.1.gz"
}

systemd_version() { systemctl --version 2>/dev/null | awk 'NR == 1 { n = $2 } END { print n + 0 }'; }

place() {
  local file to each goes
  goes=$(parts "$1/share/edgedet")$'\n'
  while read -r file to; do
    if cmp -s "$file" "$to"; then there "$to"; else change "write $to" put "$file" "$to" || return; fi
  done < <(printf %s "$goes")
  for each in "$OPT"/versions/*; do  # what only another version has
    while read -r file to; do
      [[ $goes = *" $to"$'\n'* ]] || remove "$to"
    done < <(parts "$each/share/edgedet")
  done
  if [ "$(readlink /usr/local/bin/edgedet)" = "$OPT/current/bin/edgedet" ]; then there /usr/local/bin/edgedet
  else change "link /usr/local/bin/edgedet" ln -sfn "$OPT/current/bin/edgedet" /usr/local/bin/edgedet; fi
}

put() { install -D -m 0644 "$1" "$2.new" && mv "$2.new" "$2" && written=1; }

settings() {
  if [ ! -e "$CONFIG" ]; then change "write $CONFIG" write_settings; return; fi
  there "$CONFIG"
  [ -z "$source" ] || say "--source is for new settings; in these change source.uri yourself: $CONFIG"
}

write_settings() {
  local uri=$source web=no
  [ -n "$uri" ] || uri=$(find_camera)
  [[ ,$extras, != *,web,* ]] || web=yes
  "$venv/bin/python" - "$uri" "$web" "$VAR/events" >"$CONFIG.new" <<'EOF'
import sys
from edgedet.cli.template import template
from edgedet.toml import render

uri, web, events = sys.argv[1:]
values = {"[source] uri": uri, "[storage] path": events}
if web == "yes":
    values |= {"[web] enabled": True, "[web] host": "0.0.0.0"}
table = ""
for line in template().splitlines():
    table = line if line.startswith("[") else table
    key = line.removeprefix("# ").partition(" = ")[0]
    print(f"{key} = {render(values[f'{table} {key}'])}" if f"{table} {key}" in values else line)
EOF
  chown edgedet:edgedet "$CONFIG.new" && chmod 0640 "$CONFIG.new" && mv "$CONFIG.new" "$CONFIG" && first=1
}

# A camera module, else a USB camera (a Pi's codecs are video devices too), else the demo.
find_camera() {
  local node
  if kept "$venv/bin/edgedet" sources && grep -q '^picam:[0-9]' "$work/log"; then echo picam:; return; fi
  for node in /sys/class/video4linux/video*; do
    if [[ $(readlink "$node/device/driver") = */uvcvideo ]] && [ "$(cat "$node/index")" = 0 ]; then
      echo "/dev/${node##*/}"
      return
    fi
  done
  echo demo:
}
