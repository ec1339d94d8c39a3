#!/usr/bin/env bash
# Puts edgedet on this machine for good: a program in /opt/edgedet, a user, settings and a service. See --help.
# Its parts lie in install/ beside it. All is in functions, called in the last line: cut off on its way here, it does
# nothing.
set -euo pipefail

OPT=/opt/edgedet ETC=/etc/edgedet VAR=/var/lib/edgedet CONFIG=/etc/edgedet/edgedet.toml
NEED_OPT=1000 NEED_VAR=200  # MB: an installation takes 730 while it is made and 550 then; room for the first events
EXTRAS="web mqtt notify metrics archive display gpio"
mode=install source='' extras='' from='' dry='' force='' no_start='' purge='' work='' written='' making='' first=''

usage() {
  cat <<'EOF'
Usage: sudo bash install.sh [OPTION]...
Installs edgedet as a service. Run again, it does only what is missing.

  --source URI      camera for the settings: picam:, /dev/video0, rtsp://... (default: the one that is here)
  --extras A,B      of web, mqtt, notify, metrics, archive, display, gpio (default: web,mqtt,notify; later: those it has)
  --from WHAT       wheel, source archive, checkout or version number (default: the checkout this file is in)
  --no-start        don't start the service, now or at boot
  --upgrade         put another version beside the one in use, and change over to it if it is sound
  --rollback        change back to the version of before; once more: forward again
  --uninstall       remove the program; settings, events and the user stay
  --purge           with --uninstall: remove those too
  --dry-run         say what would be done, and do nothing
  --force           go on with an operating system that isn't known to work
  -h, --help        print this

It ends with 0: done; 1: a step failed, what was in use still is; 2: nothing could be done, and why.
EOF
}

say() { printf '%s\n' "$*"; }
die() { printf 'edgedet: %s\n' "$*" >&2; exit 2; }
there() { say "already there: $1"; }
# change TEXT COMMAND...: whatever alters something goes through here.
change() { if [ -n "$dry" ]; then say "would $1"; else say "$1"; "${@:2}"; fi; }

parse() {
  local each
  while [ $# -gt 0 ]; do
    case $1 in
      --source | --extras | --from)
        [ -n "${2:-}" ] || die "$1: needs a value (see --help)"
        printf -v "${1#--}" %s "$2"; shift ;;
      --upgrade | --rollback | --uninstall)
        [ "$mode" = install ] || [ "$mode" = "${1#--}" ] || die "$1: doesn't go with --$mode; choose one"
        mode=${1#--} ;;
      --no-start) no_start=1 ;;
      --purge) purge=1 ;;
      --dry-run) dry=1 ;;
      --force) force=1 ;;
      -h | --help) usage; exit 0 ;;
      *) die "$1: no such option (see --help)" ;;
    esac
    shift
  done
  [ -z "$purge" ] || [ "$mode" = uninstall ] || die "--purge: goes with --uninstall"
  for each in ${extras//,/ }; do
    [[ " $EXTRAS " = *" $each "* ]] || die "--extras: $each isn't one of ${EXTRAS// /, }"
  done
}

# attempt TEXT COMMAND...: the command's output is only shown, its last lines, if it fails.
attempt() { kept "${@:2}" || show "$1"; }
kept() { ("$@") >"$work/log" 2>&1 </dev/null; }
show() { printf 'edgedet: %s failed:\n' "$1" >&2; tail -n 12 "$work/log" | sed 's/^/  /' >&2; return 1; }

here=$(dirname "${BASH_SOURCE[0]:-/dev/stdin}")
[ -d "$here/install" ] || die "the rest of the installer isn't here; get it whole: git clone, then deploy/install.sh"
# shellcheck source=deploy/install/machine.sh
. "$here/install/machine.sh"
# shellcheck source=deploy/install/version.sh
. "$here/install/version.sh"
# shellcheck source=deploy/install/place.sh
. "$here/install/place.sh"
# shellcheck source=deploy/install/service.sh
. "$here/install/service.sh"
# shellcheck source=deploy/install/change.sh
. "$here/install/change.sh"
# shellcheck source=deploy/install/remove.sh
. "$here/install/remove.sh"

install_all() {
  refuse_system
  finish
  resolve
  find_version
  if [ "$mode" = install ] && [ -n "$(in_use)" ] && [ "$(in_use)" != "versions/${venv##*/}" ]; then
    die "another version is in use, $(cut -d ' ' -f 1,2 "$OPT/current/.installed"); add --upgrade to change over"
  fi
  installed "$venv" || refuse_full
  clear_away
  packages
  build || exit 1
  account
  folders
  settings
  if [ -z "$(in_use)" ]; then
    change "use ${venv##*/}" point current "versions/${venv##*/}"
    place "$venv"
    start || exit 1
  elif [ "$(in_use)" = "versions/${venv##*/}" ]; then
    place "$venv"
    start || exit 1
  else
    upgrade
    clear_away
  fi
}

ending() {
  [ -n "$first" ] || return 0
  say "edgedet $version is installed. Is all well? sudo edgedet doctor --config $CONFIG"
  [[ ,$extras, = *,web,* ]] || return 0
  say "The page is on http://$(uname -n).local:8080/ as soon as somebody may log in:"
  say "  sudo -u edgedet edgedet web user add NAME --config $CONFIG"
  say "A browser on this machine itself can do that too, with the set-up token in: journalctl -u edgedet"
}

main() {
  parse "$@"
  [ "$(id -u)" = 0 ] || die "this needs root; run it with sudo"
  refuse_package
  # As everywhere, whoever calls it: programs of root's own would not be seen by the user edgedet.
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin PYTHONNOUSERSITE=1
  export PATH PYTHONNOUSERSITE
  unset PYTHONPATH PYTHONHOME "${!EDGEDET_@}"
  umask 022
  if [ -z "$dry" ]; then
    lock
    work=$(mktemp -d)
    trap 'rm -rf "$work" ${making:+"$making"}' EXIT
  fi
  case $mode in
    uninstall) uninstall ;;
    rollback) finish; rollback ;;
    *) install_all; ending ;;
  esac
}

main "$@"
