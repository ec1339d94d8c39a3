#!/usr/bin/env bash
# Installs edgedet once. What is wanted stands in /etc/edgedet-first-boot/wanted, written by make.sh:
# SOURCE (address of a source archive), SHA256 of it, CAMERA, EXTRAS. It ends with 0: done; 3: it can't be done like
# this; else: try again later. All it says goes to the journal: journalctl -u edgedet-first-boot
set -euo pipefail

wanted=/etc/edgedet-first-boot
config=/etc/edgedet/edgedet.toml

give_up() { echo "edgedet: $*; mend it, then: systemctl restart edgedet-first-boot" >&2; exit 3; }

fetch() {
  echo "fetching $SOURCE"
  curl -fsSL --retry 5 --retry-delay 10 --connect-timeout 20 -o "$work/source.tar.gz" "$SOURCE"
  echo "$SHA256  $work/source.tar.gz" | sha256sum --check --status ||
    give_up "$SOURCE: isn't what it should be: its SHA-256 differs from the one in $wanted/wanted"
  mkdir "$work/source"
  tar -xzf "$work/source.tar.gz" -C "$work/source" --no-same-owner
  installer=$(find "$work/source" -maxdepth 3 -path '*/deploy/install.sh' | head -n 1)
  [ -n "$installer" ] || give_up "$SOURCE: no deploy/install.sh in it"
}

run_installer() {
  local options=(--from "$(dirname "$installer")/..")
  [ -z "$EXTRAS" ] || options+=(--extras "$EXTRAS")
  bash "$installer" "${options[@]}" "$@"
}

settings() {
  [ -s "$wanted/edgedet.toml" ] || return 0
  install -o edgedet -g edgedet -m 0640 "$wanted/edgedet.toml" "$config.new"
  if ! runuser -u edgedet -- /usr/local/bin/edgedet config check "$config.new"; then
    rm "$config.new"
    give_up "$wanted/edgedet.toml: these settings can't be used"
  fi
  mv "$config.new" "$config"
}

identity() {
  [ -s "$wanted/camera.pem" ] || return 0
  install -d -o edgedet -g edgedet -m 0700 "${config%/*}/identity"
  install -o edgedet -g edgedet -m 0600 "$wanted/camera.pem" "$wanted/ca.crt" "${config%/*}/identity/"
}

main() {
  # shellcheck source=/dev/null
  . "$wanted/wanted"
  work=$(mktemp -d /var/tmp/edgedet-first-boot.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  fetch
  run_installer --no-start ${CAMERA:+--source "$CAMERA"}
  identity
  settings
  run_installer
  rm -f "$wanted/edgedet.toml" "$wanted/camera.pem"  # they hold secrets, and are in their place now
  touch "$wanted/done"
  echo "edgedet is installed"
}

main
