# Changing over from one version to another, and back.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

in_use() { readlink "$OPT/${1:-current}" || true; }
point() { ln -sfn "$2" "$OPT/.$1" && mv -T "$OPT/.$1" "$OPT/$1"; }  # in one go: there is never no link

# Until all is well the link "switching" says what was before: for the run after one that was killed.
switch() { point switching "$(in_use)" && point current "$1" && settle; }

settle() {
  local new old
  new=$(in_use) old=$(in_use switching)
  if place "$OPT/current" && attempt "starting the service with ${new#*/}" restart; then
    [ "$new" = "$old" ] || point previous "$old"
    rm -f "$OPT/switching"
    return 0
  fi
  say "changing back to ${old#*/}"
  point current "$old"
  place "$OPT/current" >/dev/null
  attempt "starting the service with ${old#*/}" restart || true
  rm -f "$OPT/switching"
  return 1
}

upgrade() {
  local name=versions/${venv##*/}
  if [ -n "$dry" ]; then
    say "would check the settings and this machine with it, change over to it and start the service anew"
  elif attempt "checking the settings with it" check_settings && attempt "its doctor" check_health && switch "$name"; then
    say "in use now: ${name#*/}; back to the one before: --rollback"
  else
    [ "$name" = "$(in_use previous)" ] || rm -rf "$venv"
    say "still in use: $(basename "$(in_use)")"
    exit 1
  fi
}

rollback() {
  local back
  back=$(in_use previous)
  [ -e "$OPT/${back:-none}/.installed" ] || die "there is no version to change back to"
  venv=$OPT/$back
  if [ -n "$dry" ]; then say "would change back to ${back#*/} and start the service anew"; return; fi
  attempt "checking the settings with ${back#*/}" check_settings && switch "$back" || exit 1
  say "in use now: ${back#*/}"
}

finish() {
  [ ! -L "$OPT/switching" ] || change "finish a change-over that was cut off" settle || exit 1
}

# What killed runs left, and versions from before the last two.
clear_away() {
  local each
  for each in "$OPT"/versions/*; do
    case versions/${each##*/} in
      "$(in_use)" | "$(in_use previous)" | "versions/${venv##*/}" | 'versions/*') ;;
      *) change "remove $each" rm -rf "$each" ;;
    esac
  done
}
