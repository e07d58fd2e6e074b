#!/bin/sh
# install.sh: puts a Debian root with Asterisk 22 where the lab's tests look for it. Run as root.
#
# Idempotent and safe to run from several processes at once. The root is made beside its final
# name and renamed when complete, so a half-made one is never used. The mirror is the machine's
# own, from its apt configuration. NOVODIAL_LAB changes the place, NOVODIAL_LAB_MIRROR the mirror
# (for a machine that is no Debian).
set -eu

lab=${NOVODIAL_LAB:-/var/cache/novodial-lab}
suite=forky # the first Debian suite whose Asterisk is 22.9 or later
root=$lab/root

say() { echo "lab: $*" >&2; }
die() { say "$*"; exit 1; }

[ "$(id -u)" = 0 ] || die "needs root: Asterisk runs in a chroot"
mkdir -p "$lab"
exec 9>"$lab/install.lock"
flock 9

ready() { [ -x "$1/usr/sbin/asterisk" ] && chroot "$1" asterisk -V >/dev/null 2>&1; }

# The first archive of apt's own that calls itself Debian (the security archive has no suites).
mirror() {
  apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' '$1 == "Debian" || ($1 == "" && $2 ~ /\/debian\/?$/) { print $2; exit }'
}

install_debootstrap() {
  command -v debootstrap >/dev/null && return
  say "installing debootstrap"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq debootstrap >/dev/null
}

# A debootstrap older than the suite does not know it; every suite since sid is built alike.
know_suite() {
  scripts=/usr/share/debootstrap/scripts
  [ -e "$scripts/$suite" ] || ln -s sid "$scripts/$suite"
}

# debootstrap mounts /proc and /sys in the root it makes; killed half way, it leaves them there.
release() { awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l; }

build() {
  install_debootstrap
  know_suite
  from=${NOVODIAL_LAB_MIRROR:-$(mirror)}
  [ -n "$from" ] || { apt-get update -qq; from=$(mirror); }
  [ -n "$from" ] || die "no Debian archive in apt's configuration; name one in NOVODIAL_LAB_MIRROR"
  say "installing Asterisk from $from $suite (a minute or two, 580 MB)"
  half=$lab/root.half
  release "$half"
  rm -rf --one-file-system "$half" "$root"
  debootstrap --variant=minbase --include=asterisk,asterisk-core-sounds-en-wav \
    "$suite" "$half" "$from" >"$lab/install.log" 2>&1 ||
    die "debootstrap failed; see $lab/install.log"
  release "$half"
  ready "$half" || die "the new root has no working Asterisk; see $lab/install.log"
  mv "$half" "$root"
}

ready "$root" || build
mkdir -p "$root/run/asterisk" "$root/lab" "$lab/slots"
# The exchanges call themselves localhost; unresolved, each call would ask a name server.
grep -qs localhost "$root/etc/hosts" || echo '127.0.0.1 localhost' >"$root/etc/hosts"
chroot "$root" asterisk -V
