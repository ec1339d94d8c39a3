# What this machine must be and have: system, room, packages, the user, folders.
# shellcheck shell=bash disable=SC2034,SC2154  # a part of install.sh: its variables are shared with it

refuse_system() {
  local bits arch wrong='' ID='' VERSION_ID='' PRETTY_NAME=''
  bits=$(getconf LONG_BIT)
  arch=$(dpkg --print-architecture 2>/dev/null) || die "dpkg isn't here; this is for Debian and its kin"
  case $bits/$arch/$(uname -m) in
    64/arm64/* | 64/amd64/*) ;;
    */aarch64 | */x86_64) wrong="the kernel is 64-bit, but the system on it is 32-bit ($arch)" ;;
    *) wrong="this system is 32-bit ($arch)" ;;
  esac
  [ -z "$wrong" ] || die "$wrong, and the detector's runtime has no 32-bit packages; use the 64-bit Raspberry Pi OS"
  # shellcheck source=/dev/null
  . /etc/os-release
  case $ID/$VERSION_ID in
    debian/12 | debian/13 | ubuntu/24.04 | ubuntu/2[5-9].*) ;;
    *) [ -n "$force" ] || die "${PRETTY_NAME:-this system} isn't known to work;" \
      "Raspberry Pi OS and Debian 12 and 13, and Ubuntu 24.04, are (--force goes on)" ;;
  esac
  if command -v python3 >/dev/null && ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    die "needs Python 3.11 or newer, found $(python3 --version); use Raspberry Pi OS bookworm or newer"
  fi
}

refuse_package() {
  if [ "$(dpkg-query -W -f '${db:Status-Status}' edgedet 2>/dev/null)" = installed ]; then
    die "edgedet is here as a Debian package; upgrade it with apt, or remove it first: apt remove edgedet"
  fi
}

refuse_full() {
  local need=$NEED_OPT opt=/opt opt_free opt_on var_free var_on
  [ -d /opt ] || opt=/
  read -r opt_free opt_on < <(df -Pm "$opt" | awk 'NR == 2 { print $4, $6 }')
  read -r var_free var_on < <(df -Pm /var | awk 'NR == 2 { print $4, $6 }')
  [ "$opt_on" != "$var_on" ] || need=$((NEED_OPT + NEED_VAR))
  [ "$opt_free" -ge "$need" ] || die "/opt has $opt_free MB free and needs $need MB; make room"
  [ "$var_free" -ge "$NEED_VAR" ] || die "/var has $var_free MB free and needs $NEED_VAR MB; make room"
}

# One at a time. What a killed run left at work, such as pip, holds the lock until it has ended.
lock() {
  if [ -d /opt ]; then exec 9</opt; else exec 9</; fi
  flock -w 5 9 || die "another installation is at work; wait until it has ended"
}

packages() {
  local each missing=() names=(python3-venv)
  if grep -qs 'Raspberry Pi' /proc/device-tree/model || [ -e /etc/rpi-issue ]; then
    if listed python3-picamera2 || ! listed python3-venv; then names+=(python3-picamera2); else without_module; fi
  fi
  # lgpio has no wheels from Python 3.13 on
  if [[ ,$extras, = *,gpio,* ]] && ! python3 -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then
    names+=(python3-lgpio)
  fi
  for each in "${names[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$each" 2>/dev/null)" = installed ]; then there "package $each"
    else missing+=("$each"); fi
  done
  [ ${#missing[@]} = 0 ] || change "install ${missing[*]} with apt" apt_install "${missing[@]}"
}

# Whether apt's lists have it; those of a fresh card are empty.
listed() { apt-cache show "$1" >/dev/null 2>&1; }
without_module() { say "left out: python3-picamera2, which apt doesn't know here; a camera module can't be used"; }

apt_install() {
  local each
  apt_get update
  for each; do
    if [ "$each" = python3-picamera2 ] && ! listed "$each"; then without_module
    else apt_get install --yes --no-install-recommends "$each"; fi  # recommended are the libraries of a whole desktop
  done
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$work/log" 2>&1 </dev/null 9>&- ||
    die "apt-get $1 failed ($(grep '^E:' "$work/log" | head -n 1 | cut -c 4-)); mend that, then run this again"
}

account() {
  local group groups
  if getent passwd edgedet >/dev/null; then there "user edgedet"; else change "make the user edgedet" make_user; fi
  groups=$(id -nG edgedet 2>/dev/null) || groups=''
  for group in video render input gpio; do
    if [[ " $groups " != *" $group "* ]] && getent group "$group" >/dev/null; then
      change "put edgedet into the group $group" usermod -aG "$group" edgedet
    fi
  done
}

make_user() {
  # systemd-sysusers can't run everywhere: not under qemu's emulation of another processor, for one
  systemd-sysusers "$venv/share/edgedet/systemd/edgedet.sysusers" >/dev/null 2>&1 || true
  getent group edgedet >/dev/null || groupadd --system edgedet
  getent passwd edgedet >/dev/null || useradd --system --gid edgedet --home-dir "$VAR" --no-create-home \
    --shell /usr/sbin/nologin --comment 'edgedet object-detection camera' edgedet
}

folder() { if [ -d "$1" ]; then there "$1"; else change "make $1" install -d -o "$2" -g "$2" -m "$3" "$1"; fi; }

folders() {
  folder "$ETC" edgedet 0750
  folder "$ETC/credentials" root 0700
  folder "$VAR" edgedet 0750
}
