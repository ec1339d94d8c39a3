# Taking it all away again.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

remove() { if [ -e "$1" ] || [ -L "$1" ]; then change "remove $1" rm -rf --one-file-system "$1"; fi; }

uninstall() {
  local each file to
  if command -v systemctl >/dev/null; then
    for each in /etc/systemd/system/*.wants/edgedet{.,@,-}*; do
      [ ! -L "$each" ] || change "disable ${each##*/}" systemctl --quiet disable "${each##*/}"
    done
    for each in $(booted && systemctl list-units --plain --no-legend 'edgedet.*' 'edgedet@*' | awk '{ print $1 }'); do
      change "stop $each" systemctl stop "$each"
    done
  fi
  # by what this installer would put there too: the versions may have been removed by hand
  for each in "$OPT"/versions/*/share/edgedet "$here/.."; do
    while read -r file to; do remove "$to"; done < <(parts "$each")
  done
  if [ -z "$dry" ]; then
    rmdir /etc/systemd/system/edgedet{,@}.service.d 2>/dev/null || true
    ! booted || systemctl daemon-reload
  fi
  remove /usr/local/bin/edgedet
  remove "$OPT"
  if [ -z "$purge" ]; then say "kept: $ETC, $VAR and the user edgedet (--purge removes them too)"; return; fi
  for each in "$ETC" "$VAR" "$VAR"-*; do remove "$each"; done
  # a person may be called so too
  if getent passwd edgedet >/dev/null && [ "$(id -u edgedet)" -lt 1000 ]; then
    change "remove the user edgedet" userdel edgedet
  fi
}
