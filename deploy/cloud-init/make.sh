#!/usr/bin/env bash
# Writes user-data, network-config and meta-data that make a camera of a fresh Raspberry Pi OS Lite card. See --help.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
hostname=edgedet user=pi ssh_key='' wifi='' password_file='' country='' settings='' camera='' extras='' source='' sha256='' identity='' ca=''

usage() {
  cat <<'HELP'
Usage: deploy/cloud-init/make.sh --ssh-key FILE [OPTION]... FOLDER
FOLDER is the card's boot partition (bootfs), once Raspberry Pi OS Lite (trixie, 64-bit) is written to it.

  --ssh-key FILE        public key of whoever may log in
  --hostname NAME       (default: edgedet)
  --user NAME           (default: pi)
  --wifi SSID           join this network, with
    --password-file FILE  its password
    --country CC          where the board stands, such as DE: what its radio may do
  --settings FILE       edgedet.toml for it (default: the installer's own)
  --identity FILE       the camera's certificate and key, as edgedet fleet issue made them, with
    --ca FILE           its authority's certificate; they go to /etc/edgedet/identity
  --camera URI          instead: only the source, such as picam:
  --extras A,B          as of install.sh
  --source URL          source archive (.tar.gz) to install (default: this checkout, put on the card too)
    --sha256 SUM          its SHA-256
HELP
}

die() { echo "make.sh: $*" >&2; exit 2; }

parse() {
  local name
  while [ $# -gt 0 ]; do
    case $1 in
      --ssh-key | --hostname | --user | --wifi | --password-file | --country | --settings | --camera | --extras | \
        --source | --sha256 | --identity | --ca)
        [ -n "${2:-}" ] || die "$1: needs a value (see --help)"
        name=${1#--} && printf -v "${name//-/_}" %s "$2" && shift ;;
      -h | --help) usage; exit 0 ;;
      -*) die "$1: no such option (see --help)" ;;
      *) [ -z "${folder:-}" ] || die "$1: one folder only"; folder=$1 ;;
    esac
    shift
  done
}

check() {
  [ -d "${folder:-}" ] || die "${folder:-no folder given}: name the card's boot partition (see --help)"
  [ -r "$ssh_key" ] || die "--ssh-key: give your public key, such as ~/.ssh/id_ed25519.pub; nobody could log in else"
  grep -qE '^(ssh-|ecdsa-|sk-)' "$ssh_key" || die "$ssh_key: no public key; it begins with ssh-ed25519 or the like"
  [[ $hostname =~ ^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$ ]] || die "--hostname: $hostname: letters, digits and - only"
  [[ $user =~ ^[a-z_][a-z0-9_-]{0,30}$ ]] || die "--user: $user: small letters, digits, - and _ only"
  if [ -n "$wifi" ]; then
    [ -r "$password_file" ] || die "--wifi: its password is missing; give --password-file"
    [[ $country =~ ^[A-Z]{2}$ ]] || die "--wifi: give --country too, two capital letters: the radio stays off else"
  fi
  [ -z "$settings" ] || [ -r "$settings" ] || die "$settings: no such file"
  if [ -n "$identity$ca" ]; then
    grep -qs 'PRIVATE KEY' "$identity" || die "--identity: ${identity:-none}: no certificate with its key; edgedet fleet issue makes one"
    grep -qs 'BEGIN CERTIFICATE' "$ca" || die "--ca: ${ca:-none}: no certificate; give ca.crt of the folder that edgedet fleet made"
  fi
  [ -z "$source" ] || [[ $sha256 =~ ^[0-9a-f]{64}$ ]] || die "--source: give its --sha256 too: sha256sum FILE"
  if [ -n "$settings" ] && command -v edgedet >/dev/null; then edgedet config check "$settings" || exit 2; fi
}

# quoted TEXT: as a string of YAML.
quoted() {
  local text=${1//\\/\\\\}
  [[ $1 != *[[:cntrl:]]* ]] || die "a control character in $2; take it out"
  printf '"%s"' "${text//\"/\\\"}"
}

# fill FILE NAME=VALUE...: the file with @NAME@ replaced.
fill() {
  local text each
  text=$(<"$1")
  for each in "${@:2}"; do text=${text//"@${each%%=*}@"/"${each#*=}"}; done
  printf '%s\n' "$text"
}

encoded() { base64 -w 0; }

# This checkout as it is, on the card: what runs there needs no other place for it.
pack() {
  tar -C "$here/../.." --exclude=__pycache__ --exclude='*.pyc' --transform='s,^,edgedet/,' --owner=0 --group=0 \
    -czf "$folder/edgedet.tar.gz" edgedet models systemd deploy pyproject.toml README.md LICENSE
  source=file:///boot/firmware/edgedet.tar.gz
  sha256=$(sha256sum "$folder/edgedet.tar.gz" | cut -d ' ' -f 1)
}

write() {
  local wanted
  wanted=$(printf '%s=%q\n' SOURCE "$source" SHA256 "$sha256" CAMERA "$camera" EXTRAS "$extras")
  fill "$here/user-data" "HOSTNAME=$hostname" "USER=$user" "SSH_KEY=$(quoted "$(head -n 1 "$ssh_key")" "$ssh_key")" \
    "SCRIPT=$(encoded <"$here/first-boot.sh")" "UNIT=$(encoded <"$here/edgedet-first-boot.service")" \
    "WANTED=$(encoded <<<"$wanted")" "SETTINGS=$(encoded <"${settings:-/dev/null}")" \
    "IDENTITY=$(encoded <"${identity:-/dev/null}")" "CA=$(encoded <"${ca:-/dev/null}")" >"$folder/user-data"
  fill "$here/meta-data" "INSTANCE=edgedet-$hostname-$(date +%s)" >"$folder/meta-data"
  {
    cat "$here/network-config"
    [ -z "$wifi" ] || fill "$here/network-config.wifi" "COUNTRY=$(quoted "$country" --country)" \
      "SSID=$(quoted "$wifi" --wifi)" "PASSWORD=$(quoted "$(head -n 1 "$password_file")" "$password_file")"
  } >"$folder/network-config"
}

validate() {
  if ! command -v cloud-init >/dev/null; then
    echo "not checked: cloud-init isn't installed here (apt install cloud-init)"
    return
  fi
  cloud-init schema --config-file "$folder/user-data"
  if /usr/bin/python3 -c 'import netplan' 2>/dev/null && cloud-init schema --help | grep -q -- --schema-type; then
    cloud-init schema --schema-type network-config --config-file "$folder/network-config"
  fi
}

parse "$@"
check
[ -n "$source" ] || pack
write
validate
echo "written: $folder/user-data, network-config, meta-data; put the card into the board and switch it on"
