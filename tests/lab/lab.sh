#!/bin/sh
# lab.sh up|down|env|cli NAME: the telephone lab by hand. Run as root.
#
#   up NAME [--line]     starts it and prints the variables for novodial (--line: by registration)
#   env NAME             prints them again:  eval "$(tests/lab/lab.sh env NAME)"
#   cli NAME pbx|carrier COMMAND…   a console command, for example: pjsip show contacts
#   down NAME            ends it and prints what the callees measured, a line of JSON a call
set -eu
here=$(dirname "$(readlink -f "$0")")
action=${1:-}
name=${2:-}
[ -n "$name" ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
lab=${NOVODIAL_LAB:-/var/cache/novodial-lab}
state=$lab/manual/$name

up() {
  [ ! -p "$state/life" ] || { echo "lab $name is up; end it first: $0 down $name" >&2; exit 1; }
  "$here/install.sh" >&2
  cd "$here/../.."
  cargo build --quiet --example lab
  built=${CARGO_TARGET_DIR:-target}/debug/examples/lab
  mkdir -p "$state"
  mkfifo "$state/life"
  # The lab lives as long as somebody holds the pipe open for writing.
  setsid sh -c 'sleep infinity >"$1/life" 2>/dev/null & echo $! >"$1/holder"; exec "$2" "$3" "$4" <"$1/life" >"$1/out" 2>"$1/err"' \
    sh "$state" "$built" "$name" "${3:-}" </dev/null >/dev/null 2>&1 &
  until grep -q '^# ready' "$state/out" 2>/dev/null; do
    kill -0 $! 2>/dev/null || { cat "$state/err" >&2; down >/dev/null; exit 1; }
    sleep 0.2
  done
  environment
}

environment() { grep '^export' "$state/out"; }

down() {
  [ -d "$state" ] || { echo "no lab $name" >&2; exit 1; }
  kill "$(cat "$state/holder")" 2>/dev/null || true
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ! fuser -s "$state/life" 2>/dev/null || sleep 0.3
  done
  sed -n 's/^# {/{/p' "$state/out"
  rm -rf "$state"
}

console() {
  exchange=$3
  shift 3
  for folder in "$lab"/root/lab/*; do
    [ "$(cat "$folder/name")" = "$name" ] || continue
    exec chroot "$lab/root" asterisk -C "/lab/${folder##*/}/$exchange/remote.conf" -rx "$*"
  done
  echo "no lab $name" >&2
  exit 1
}

case $action in
  up) up "$@" ;;
  env) environment ;;
  down) down ;;
  cli) console "$@" ;;
  *) "$0"; exit 2 ;;
esac
