# Sourced by up, down, test, bench and fuzz: paths, and functions that several of them use.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
data=${LATCHKEY_DATA_DIR:-$root/.data}
[[ $data == /* ]] || data=$PWD/$data
# In the order of their ports after the gateway's. Only existing ones are started.
services=(entities organizations integrations invitations)

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# need_packages PACKAGE:PROBE… installs the Debian packages whose probe (a file or a command) fails.
need_packages() {
  local missing=() entry package probe
  for entry in "$@"; do
    package=${entry%%:*} probe=${entry#*:}
    if [[ $probe == /* ]]; then [[ -e $probe ]] || missing+=("$package")
    else command -v "$probe" >/dev/null || missing+=("$package"); fi
  done
  ((${#missing[@]})) || return 0
  local apt=(apt-get)
  if ((EUID != 0)); then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || \
      die "needs ${missing[*]}: install with sudo apt-get install ${missing[*]}"
    apt=(sudo -n apt-get)
  fi
  command -v apt-get >/dev/null || die "needs ${missing[*]}: install with your package manager"
  say "installing ${missing[*]}" >&2
  { DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}" ||
    { "${apt[@]}" update -q && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}"; }
  } >/dev/null 2>&1 || die "could not install ${missing[*]}: install them and try again"
}

need_toolchain() {
  command -v swift >/dev/null || die "needs Swift 6.2 or newer: https://www.swift.org/install/"
  need_packages libsqlite3-dev:/usr/include/sqlite3.h
}

# need_venv [NAME FILE WHAT]: creates .build/NAME with the packages of FILE, by default venv with
# those of deploy/lib/requirements.txt. What needs it is skipped without it.
need_venv() {
  local venv=$root/.build/${1:-venv} wanted=${2:-$root/deploy/lib/requirements.txt}
  local what=${3:-tests of OpenAPI, storage and mail}
  cmp -s "$wanted" "$venv/installed.txt" && return
  python3 -m venv "$venv" 2>/dev/null ||
    { (need_packages python3-venv:/nowhere) && python3 -m venv "$venv"; } ||
    { say "skipping $what: python3 can't create a venv (Debian: python3-venv)" >&2; return 0; }
  if "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"; then
    cp "$wanted" "$venv/installed.txt"
  else
    say "skipping $what: pip could not install the packages of $wanted" >&2
  fi
}

# build_release: builds the executables, with Swift's libraries linked statically, and prints their
# folder.
build_release() {
  local options=(-c release --static-swift-stdlib --package-path "$root")
  local name
  for name in gateway "${services[@]}"; do
    [[ -d $root/Services/${name^} ]] || continue
    swift build "${options[@]}" --product "$name" >&2 || return 1
  done
  swift build "${options[@]}" --show-bin-path
}

# status_of PORT PATH: prints the status of a GET, or nothing. Works without curl.
status_of() {
  timeout 3 bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$2" >&3
    read -r _ status _ <&3 && printf "%s" "$status"' _ "$1" "$2" 2>/dev/null || true
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# is_ours PID NAME: whether that process is still the service that was started.
is_ours() {
  local exe
  exe=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  # Only executables of this checkout: another process can have the pid by now.
  [[ ${exe% (deleted)} == "$root"/*/"$2" ]]
}

# stop_all: sends SIGTERM to all processes of the pid files, and waits until they have drained.
stop_all() {
  local file name pid waited=0 alive=1
  for file in "$data"/run/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid) pid=$(<"$file")
    is_ours "$pid" "$name" && kill -TERM "$pid" 2>/dev/null
  done
  while ((alive && waited < 200)); do
    alive=0
    for file in "$data"/run/*.pid; do
      [[ -e $file ]] || continue
      is_ours "$(<"$file")" "$(basename "$file" .pid)" && alive=1
    done
    ((alive)) && sleep 0.1
    waited=$((waited + 1))
  done
  for file in "$data"/run/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid) pid=$(<"$file")
    if is_ours "$pid" "$name"; then
      say "$name did not stop within 20 s: killing it" >&2
      kill -KILL "$pid" 2>/dev/null
    fi
    rm -f "$file"
  done
  rm -f "$data/run/url"
}
