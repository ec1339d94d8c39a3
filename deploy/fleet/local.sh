#!/usr/bin/env bash
# The central view from Debian's packages: broker, Prometheus, Alertmanager, the cameras' journals. As root:
#
#   deploy/fleet/local.sh --fleet FOLDER [--host NAME] [--inventory FILE] [--files]
#
#   --fleet FOLDER     what `edgedet fleet` made: ca.crt, crl.pem, servers/NAME.pem
#   --host NAME        what cameras call this machine; default: its host name
#   --inventory FILE   Ansible's, for Prometheus to find the cameras; needs ansible-inventory
#   --files            put the files in place and nothing more: what compose.yaml needs
#
# Everything goes into /etc/edgedet-fleet; the packages' own settings stay as they are. Run again, it brings changes over.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
etc=/etc/edgedet-fleet
packages=(mosquitto prometheus prometheus-alertmanager systemd-journal-remote stunnel4)

fail() {
  echo "local.sh: $*" >&2
  exit 2
}

options() {
  fleet='' host=$(uname -n) inventory='' files=''
  while [ $# -gt 0 ]; do
    case $1 in
      --fleet) fleet=${2:?--fleet wants a folder} && shift 2 ;;
      --host) host=${2:?--host wants a name} && shift 2 ;;
      --inventory) inventory=${2:?--inventory wants a file} && shift 2 ;;
      --files) files=yes && shift ;;
      *) fail "$1: no such option; see the top of this file" ;;
    esac
  done
  [ "$(id -u)" = 0 ] || fail "only root may write to $etc; run it with sudo"
  [ -n "$fleet" ] || fail "--fleet is missing; name the folder that edgedet fleet made"
  local each
  for each in ca.crt crl.pem "servers/$host.pem"; do
    [ -f "$fleet/$each" ] || fail "$fleet/$each: isn't there; edgedet fleet issue --server $host makes it"
  done
  [ -z "$inventory" ] || [ -e "$inventory" ] || fail "$inventory: isn't there; name an inventory of Ansible's"
  [ -z "$inventory" ] || command -v ansible-inventory >/dev/null ||
    fail "ansible-inventory isn't there; apt-get install ansible-core"
}

# What is secret is readable by its own service alone: by that group here, or by that number's in its container.
keep_for() {
  local group=$1 number=$2 path=$3
  [ -z "$files" ] || group=$number
  chgrp "$group" "$path"
}

place() {
  install -d "$etc"/{tls,mosquitto,monitoring,journal,prometheus/targets,grafana/dashboards}
  install -d -m 0750 "$etc/prometheus/tokens"
  keep_for prometheus 65534 "$etc/prometheus/tokens"
  install -m 0644 "$fleet"/{ca.crt,crl.pem} "$etc/tls/"
  install -m 0640 "$fleet/servers/$host.pem" "$etc/tls/server.pem" # with its key
  keep_for mosquitto 1883 "$etc/tls/server.pem"
  install -m 0644 "$here"/mosquitto/{mosquitto.conf,acl} "$etc/mosquitto/"
  install -m 0644 "$here"/../monitoring/*.rules.yml "$etc/monitoring/"
  install -m 0644 "$here"/{alertmanager.yml,targets.py} "$etc/"
  install -m 0644 "$here"/journal/stunnel.conf "$etc/journal/"
  install -m 0644 "$here"/grafana/dashboards/*.json "$here"/../monitoring/grafana-dashboard.json "$etc/grafana/dashboards/"
  cp -rT "$here/grafana/provisioning" "$etc/grafana/provisioning"
  # the jobs of cameras with a token are at its end: only who writes them again may replace it
  if [ -n "$inventory" ] || [ ! -e "$etc/prometheus/prometheus.yml" ]; then
    install -m 0644 "$here"/prometheus/prometheus.yml "$etc/prometheus/"
  fi
  if [ -n "$inventory" ]; then
    ansible-inventory -i "$inventory" --list | python3 "$etc/targets.py" --to "$etc/prometheus"
  fi
}

# Whose command line is another one: its own settings would be merged with ours, or asked about by dpkg.
drop_in() {
  install -d "/etc/systemd/system/$1.d"
  printf '%s\n' "# Written by edgedet's deploy/fleet/local.sh." "${@:2}" >"/etc/systemd/system/$1.d/edgedet-fleet.conf"
}

services() {
  drop_in mosquitto.service '[Service]' 'ExecStart=' "ExecStart=/usr/sbin/mosquitto -c $etc/mosquitto/mosquitto.conf"
  drop_in prometheus.service '[Service]' 'ExecStart=' \
    "ExecStart=/usr/bin/prometheus --config.file=$etc/prometheus/prometheus.yml --web.listen-address=127.0.0.1:9090 --storage.tsdb.path=/var/lib/prometheus/metrics2/ --storage.tsdb.retention.time=90d"
  drop_in prometheus-alertmanager.service '[Service]' 'ExecStart=' \
    "ExecStart=/usr/bin/prometheus-alertmanager --config.file=$etc/alertmanager.yml --storage.path=/var/lib/prometheus/alertmanager/ --web.listen-address=127.0.0.1:9093 --cluster.listen-address="
  drop_in systemd-journal-remote.socket '[Socket]' 'ListenStream=' 'ListenStream=127.0.0.1:19531'
  drop_in systemd-journal-remote.service '[Service]' 'ExecStart=' \
    'ExecStart=/lib/systemd/systemd-journal-remote --listen-http=-3 --output=/var/log/journal/remote/'
  install -d -o systemd-journal-remote -g systemd-journal-remote /var/log/journal/remote
  ln -sfn "$etc/journal/stunnel.conf" /etc/stunnel/edgedet-fleet.conf
  if [ ! -d /run/systemd/system ]; then
    echo "no systemd runs here: nothing was started" >&2
    return
  fi
  systemctl daemon-reload
  systemctl enable --quiet mosquitto prometheus prometheus-alertmanager systemd-journal-remote.socket \
    stunnel@edgedet-fleet
  systemctl stop systemd-journal-remote.service
  systemctl restart mosquitto prometheus prometheus-alertmanager systemd-journal-remote.socket stunnel@edgedet-fleet
}

grafana() {
  if command -v grafana-server >/dev/null; then
    cp -rT "$etc/grafana/provisioning" /etc/grafana/provisioning
    [ ! -d /run/systemd/system ] || systemctl restart grafana-server
    return
  fi
  cat <<'END'
Grafana isn't in Debian. Add its repository as its own manual says, install "grafana", and run this once more:
https://grafana.com/docs/grafana/latest/setup-grafana/installation/debian/
Without it: alerts at http://127.0.0.1:9093, queries at http://127.0.0.1:9090.
END
}

# What containers need beside: the broker's own folder, and a password for Grafana's first user.
containers() {
  install -d -o 1883 -g 1883 /var/lib/edgedet-fleet/broker
  if [ ! -e "$etc/grafana/password" ]; then
    (umask 077 && head -c 18 /dev/urandom | base64 >"$etc/grafana/password")
    chmod 0640 "$etc/grafana/password" # Grafana's container is of the group root
  fi
  echo "Now: docker compose -f $here/compose.yaml up -d; Grafana's admin has the password in $etc/grafana/password."
}

options "$@"
if [ -z "$files" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
place
if [ -n "$files" ]; then
  containers
else
  services
  grafana
fi
