# Sourced by backup, restore and drill: where databases and executables are, and what they share.
# Works in a checkout, and in the image, where the executables are in the PATH.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
contexts=(gateway entities organizations integrations invitations)
umask 077

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# absolute PATH: prints it without resolving links.
absolute() { [[ $1 == /* ]] && printf '%s' "${1%/}" || printf '%s' "$PWD/${1%/}"; }

# program NAME: prints the path of a service's executable.
program() {
  local folder
  for folder in "${LATCHKEY_BIN_DIR:-}" "$root/.build/release"; do
    [[ -n $folder && -x $folder/$1 ]] && { printf '%s' "$folder/$1"; return; }
  done
  command -v "$1" || die "no executable $1: build with deploy/up, or set LATCHKEY_BIN_DIR"
}

# data_of NAME FOLDER: prints the data folder of a service: FOLDER itself (deploy/up), or
# FOLDER/NAME where each service has its own (containers).
data_of() {
  if [[ -d $2/$1 ]]; then printf '%s' "$2/$1"; else printf '%s' "$2"; fi
}

# newest DIR: prints the newest complete backup in DIR, or nothing.
newest() {
  local folder found=
  for folder in "$1"/latchkey-*Z; do
    [[ -f $folder/manifest.json ]] && found=$folder
  done
  printf '%s' "$found"
}

# record DIR NAME LINE…: replaces DIR/NAME.prom, or that file in LATCHKEY_BACKUP_METRICS, as
# node_exporter's textfile collector and the gateway read it.
record() {
  local folder=${LATCHKEY_BACKUP_METRICS:-$1} name=$2
  shift 2
  printf '%s\n' "$@" >"$folder/.$name.prom.new"
  # Only numbers and names: a collector of another user may read it, if it can reach it.
  chmod 644 "$folder/.$name.prom.new"
  mv -f "$folder/.$name.prom.new" "$folder/$name.prom"
}
